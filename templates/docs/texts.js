// What the page says, and how it shows what the contract says, in English, Chinese or both.
import { el, kept } from "./dom.js";

const TEXTS = {
  answers: ["Answers", "应答"],
  about: ["About", "说明"],
  badBody: ["Not JSON", "不是 JSON"],
  body: ["Body", "请求体"],
  bodyShape: ["Fields", "字段"],
  both: ["Both 中英", "Both 中英"],
  copy: ["Copy", "复制"],
  copyCurl: ["Copy as curl", "复制为 curl"],
  chinese: ["中文", "中文"],
  contract: ["The contract", "接口契约"],
  english: ["English", "English"],
  example: ["Example", "示例"],
  failed: ["No answer", "没有应答"],
  filter: ["Filter", "筛选"],
  filterHint: ["path, name, word …", "路径、名称、词语……"],
  found: ["Found", "找到"],
  headers: ["Headers", "响应头"],
  keyMade: ["empty: a new key", "留空：自动生成"],
  language: ["Language", "语言"],
  more: ["Its fields", "查看字段"],
  noContract: ["The contract cannot be read", "无法读取接口契约"],
  open: ["Save", "保存"],
  optional: ["Optional parameters", "可选参数"],
  parameters: ["Parameters", "参数"],
  password: ["Password", "密码"],
  pasteToken: ["Use a token", "直接使用令牌"],
  required: ["required", "必填"],
  role: ["Role", "角色"],
  seenTag: ["empty: last seen here", "留空：用最近读到的值"],
  send: ["Send", "发送"],
  sending: ["Sending …", "发送中……"],
  signIn: ["Sign in", "登录"],
  signInHint: [
    "Accounts of `kehou serve --demo`: `demo.school`, `demo.bureau`, `demo.guardian`; password `kehou-demo`",
    "`kehou serve --demo` 的演示账号：`demo.school`、`demo.bureau`、`demo.guardian`；密码 `kehou-demo`",
  ],
  signOut: ["Sign out", "退出"],
  token: ["Token", "令牌"],
  unset: ["(not sent)", "（不发送）"],
  username: ["Username", "用户名"],
  words: ["Its words", "取值"],
};

const SHOWS = ["zh", "en", "both"];
const choice = kept("localStorage", "kehou.docs.language");

// Which language is shown; both until somebody chooses.
export function shown() {
  return SHOWS.includes(choice.get()) ? choice.get() : "both";
}

// Styles hide the other language: nothing is drawn anew.
export function show(language) {
  choice.set(language);
  document.documentElement.dataset.shows = language;
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
}

// The language in which the service is asked to say its sentences.
export function spoken() {
  return shown() === "en" ? "en" : "zh-CN";
}

function pair(en, zh, name = "span") {
  return [
    el(name, { lang: "en", class: "en" }, en),
    " ",
    el(name, { lang: "zh-CN", class: "zh" }, zh),
  ];
}

// A text of the page.
export function say(key, name = "span") {
  const [en, zh] = TEXTS[key];
  return pair(inline(en), inline(zh), name);
}

// The same where no elements can stand: placeholders, names for screen readers.
export function plain(key) {
  const [en, zh] = TEXTS[key];
  return en === zh ? en : { en, zh, both: `${en} ${zh}` }[shown()];
}

const HAN = /\p{Script=Han}/gu;

// A paragraph is Chinese when it is mostly that; words in backquotes are nobody's language.
function isChinese(text) {
  const words = text.replace(/`[^`]*`/g, "");
  return (words.match(HAN) ?? []).length * 2 > (words.match(/[A-Za-z]/g) ?? []).length;
}

// Text with `code` in it.
function inline(text) {
  return text.split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part.replaceAll("\n", " ")));
}

// `- word English 中文` of the words of an enum.
function listed(text) {
  return el("ul", {}, text.split("\n").map((line) => {
    const item = line.replace(/^- /, "");
    const label = item.match(/^(`[^`]*`) ([^\p{Script=Han}]+) (\p{Script=Han}.*)$/u);
    return el("li", {}, label ? [inline(label[1]), " ", ...pair(label[2], label[3])] : inline(item));
  }));
}

// What the words of an enum are called, by word: the list in its description, in one language or both.
export function labels(text) {
  const found = [...(text ?? "").matchAll(/^- `([^`]*)` (.*)$/gm)].map(([, word, label]) => {
    const parts = label.match(/^([^\p{Script=Han}]+) (\p{Script=Han}.*)$/u);
    return [word, parts ? { en: parts[1], zh: parts[2], both: label }[shown()] : label];
  });
  return new Map(found);
}

// The list itself.
export function list(text) {
  const found = (text ?? "").split("\n\n").find((one) => one.startsWith("- "));
  return found ? listed(found) : null;
}

// A description without it.
export function unlisted(text) {
  return (text ?? "").split("\n\n").filter((one) => !one.startsWith("- ")).join("\n\n");
}

// A description of the contract: English, a blank line, Chinese; lists are labels of words.
export function told(text) {
  const paragraphs = (text ?? "").split("\n\n").filter((one) => one.trim());
  const parts = paragraphs.map((one) => ({ one, list: one.startsWith("- "), chinese: isChinese(one) }));
  const both = parts.some((part) => part.chinese) && parts.some((part) => !part.chinese && !part.list);
  return parts.map(({ one, list, chinese }) => {
    if (list) return listed(one);
    const language = chinese ? { lang: "zh-CN", class: "zh" } : { lang: "en", class: "en" };
    return el("p", both ? language : {}, inline(one));
  });
}

// A summary of the contract: English, and a Chinese name at its end.
export function named(summary) {
  const found = (summary ?? "").match(/^(.*\S)\s+(\p{Script=Han}\S*)$/su);
  return found ? pair(inline(found[1]), found[2]) : [el("span", {}, inline(summary ?? ""))];
}
