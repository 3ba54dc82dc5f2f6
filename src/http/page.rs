//! Lists in pages: keyset cursors, bound to the list and its filters, and signed where they leave the service.

use actix_web::{HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::Language;
use super::sort::Key;
use crate::db::{Db, Id};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::text::fault;

/// How many items a page holds: 1 to 200, 50 when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u16);

/// Largest page.
const LIMIT_MAX: u16 = 200;

impl PageLimit {
    /// Items of this page.
    #[must_use]
    pub fn items(self) -> usize {
        usize::from(self.0)
    }

    /// Rows to fetch: one more than a page, to know whether there is another.
    #[must_use]
    pub fn rows(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for PageLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)?.try_into() {
            Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(Self(limit)),
            _ => {
                Err(fault(FieldError::new("", Fault::OutOfRange).said("between").with("min", 1).with("max", LIMIT_MAX)))
            }
        }
    }
}

impl utoipa::PartialSchema for PageLimit {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(1))
            .maximum(Some(f64::from(LIMIT_MAX)))
            .default(Some(50.into()))
            .into()
    }
}

impl ToSchema for PageLimit {}

/// `next_cursor` of the page before, as it was signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct CursorText(String);

impl utoipa::PartialSchema for CursorText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .max_length(Some(1024))
            .pattern(Some("^[A-Za-z0-9_-]+$"))
            .into()
    }
}

impl ToSchema for CursorText {}

/// Characters of a signature: 128 bits of a keyed hash, as hex.
const SIGNATURE_LENGTH: usize = 32;

/// Signs cursors where they leave, and knows its own where they come in: what stands in one becomes part of a
/// statement.
pub struct CursorSeal(Db);

impl CursorSeal {
    /// Of the service that a request has come to.
    ///
    /// # Errors
    /// A defect: it has no database.
    pub fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        let db = request.app_data::<web::Data<Db>>().ok_or_else(|| Refusal::internal("no database"))?;
        Ok(Self(db.get_ref().clone()))
    }

    fn signature(&self, cursor: &str) -> String {
        let mut hash = self.0.sealing().keyed_hash("cursor", cursor.as_bytes());
        hash.truncate(SIGNATURE_LENGTH);
        hash
    }

    /// A cursor as clients get it.
    #[must_use]
    pub fn signed(&self, cursor: &str) -> String {
        format!("{}{cursor}", self.signature(cursor))
    }

    /// What was signed.
    ///
    /// # Errors
    /// 400 for what this service has not signed.
    pub fn opened<'a>(&self, text: &'a str) -> Result<&'a str, Refusal> {
        let (signature, cursor) = text.split_at_checked(SIGNATURE_LENGTH).ok_or_else(refused)?;
        let own = self.signature(cursor);
        // Every character is compared, so that the time does not tell how many of them are right.
        let differs = own
            .bytes()
            .zip(signature.bytes())
            .fold(own.len() ^ signature.len(), |so_far, (own, given)| so_far | usize::from(own ^ given));
        if differs == 0 { Ok(cursor) } else { Err(refused()) }
    }
}

fn refused() -> Refusal {
    Refusal::at(Code::CursorInvalid, "cursor", Fault::Mismatch)
}

/// Makes and reads the cursors of one list under one set of filters.
#[derive(Debug, Clone)]
pub struct Cursor {
    binding: [u8; 8],
}

impl Cursor {
    /// `text` names the list and everything that chooses or orders its rows.
    #[must_use]
    pub fn bound_to(text: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut binding = [0; 8];
        binding.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self { binding }
    }

    /// The place behind which the next page begins.
    ///
    /// # Errors
    /// 400 for a cursor that this list with these filters did not make.
    pub fn read<K: DeserializeOwned>(&self, text: Option<&CursorText>) -> Result<Option<K>, Refusal> {
        let Some(CursorText(text)) = text else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let key = bytes.strip_prefix(&self.binding).ok_or_else(refused)?;
        serde_json::from_slice(key).map(Some).map_err(|_| refused())
    }

    /// Cuts the surplus row off and says where the next page begins.
    pub fn page<T, K: Serialize>(&self, limit: PageLimit, mut items: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let more = items.len() > limit.items();
        items.truncate(limit.items());
        let last = if more { items.last() } else { None };
        let next_cursor = last.and_then(|item| serde_json::to_vec(&key(item)).ok()).map(|key| {
            let mut bytes = self.binding.to_vec();
            bytes.extend_from_slice(&key);
            URL_SAFE_NO_PAD.encode(bytes)
        });
        Page { items, next_cursor, note: None }
    }
}

/// Which rows a list is asked for: those of the filter, behind a place, so many.
#[derive(Debug, Clone)]
pub struct Listing<F, K = Id> {
    pub filter: F,
    pub after: Option<K>,
    pub limit: PageLimit,
    cursor: Cursor,
}

impl<F, K: DeserializeOwned + Serialize> Listing<F, K> {
    /// Of a request: its cursor must be of the same path and filter.
    ///
    /// # Errors
    /// 400 for a cursor that this list with these filters did not make.
    pub fn of(filter: F, binding: &str, ask: &PageAsk) -> Result<Self, Refusal> {
        let cursor = Cursor::bound_to(binding);
        let after = cursor.read(ask.cursor.as_ref())?;
        Ok(Self { filter, after, limit: ask.limit.unwrap_or_default(), cursor })
    }

    /// The page that these rows make; `key` says where a row stands.
    pub fn page<T>(&self, items: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        self.cursor.page(self.limit, items, key)
    }
}

impl<F, K> Listing<F, K> {
    /// All that a filter leaves, as one page: for whoever is no request.
    #[must_use]
    pub fn all(filter: F) -> Self {
        Self { filter, after: None, limit: PageLimit(LIMIT_MAX), cursor: Cursor::bound_to("") }
    }
}

impl<F> Listing<F> {
    /// The same place in a list that is narrowed otherwise, and has several orders.
    #[must_use]
    pub fn narrowed_to<G>(&self, filter: G) -> Listing<G, Key> {
        Listing { filter, after: self.after.map(Key::Row), limit: self.limit, cursor: self.cursor.clone() }
    }
}

/// What every list takes beside its filter.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageAsk {
    /// Items in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

impl PageAsk {
    /// The same, with what was signed in the place of the cursor.
    ///
    /// # Errors
    /// 400 for a cursor that this service has not signed.
    pub(super) fn opened(self, request: &HttpRequest) -> Result<Self, Refusal> {
        let Some(CursorText(text)) = &self.cursor else { return Ok(self) };
        let cursor = CursorSeal::of(request)?.opened(text)?.to_owned();
        Ok(Self { cursor: Some(CursorText(cursor)), ..self })
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Ask with `cursor=` this for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Why nothing is seen at all, and what would help; null where that is not so.
    pub note: Option<Note>,
}

/// Why a list is empty whatever is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    /// Stable word to switch on; new ones may come.
    #[schema(example = "no-child-linked")]
    pub code: String,
    /// Sentences in the reader's language: why, and what would help.
    pub message: String,
}

impl Note {
    /// What `code` says.
    #[must_use]
    pub fn of(code: &str, language: Language) -> Self {
        Self { code: code.to_owned(), message: language.text(&format!("note.{code}"), []) }
    }
}

impl<T> Page<T> {
    /// The same page with its cursor as clients get it.
    #[must_use]
    pub fn signed(self, seal: &CursorSeal) -> Self {
        Self { next_cursor: self.next_cursor.map(|cursor| seal.signed(&cursor)), ..self }
    }

    /// The same page in another shape.
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(shape).collect(), next_cursor: self.next_cursor, note: self.note }
    }
}
