#!/usr/bin/env python3
"""Works a draw out again. RESULTS is what GET /choice-windows/{id}/results answers to everybody; a school gives WISHES
beside it, the items of GET /enrollments?plan_id=…, and then the numbers themselves are drawn again from the seed.

    curl -s $BASE/api/v1/choice-windows/$ID/results >results.json && docs/recompute-draw.py results.json [wishes.json]
"""
import hashlib, json, sys

results = json.load(open(sys.argv[1], encoding="utf-8"))
assert hashlib.sha256(results["seed"].encode()).hexdigest() == results["seed_sha256"], "not the seed that was told"
for project in results["projects"]:
    left = project["seats"]
    for place, drawn in enumerate(project["numbers"], 1):
        assert drawn["number"] == place, (project["project_name"], "a number is missing", place)
        if drawn["outcome"] == "better_wish":
            continue
        assert drawn["outcome"] == ("seat" if left else "waitlist"), (project["project_name"], drawn)
        left -= left > 0
if len(sys.argv) > 2:
    tiers = ["priority_groups", "lower_grades", "others"]
    key = lambda wish: hashlib.sha256((results["seed"] + wish["id"]).encode()).hexdigest()
    wishes = [wish for wish in json.load(open(sys.argv[2], encoding="utf-8")) if wish["draw_number"]]
    wishes.sort(key=lambda wish: (tiers.index(wish["draw_tier"]), wish["wish"], key(wish)))
    for project in results["projects"]:
        own = [wish for wish in wishes if wish["project_id"] == project["project_id"]]
        assert [wish["draw_number"] for wish in own] == list(range(1, len(own) + 1)), project["project_name"]
        assert [wish["draw_outcome"] for wish in own] == [drawn["outcome"] for drawn in project["numbers"]]
print("the same:", sum(len(project["numbers"]) for project in results["projects"]), "numbers")
