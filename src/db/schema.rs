//! The tables, in the order of `migrations/`. Written by hand: ids, instants and JSON are the shared types.
#![allow(clippy::wildcard_imports, reason = "the way diesel's table! takes its types")]

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    journal_entries (number) {
        number -> BigInt,
        at -> InstantSql,
        action -> Text,
        resource -> Text,
        resource_id -> IdSql,
        scope_path -> Text,
        user_id -> Nullable<IdSql>,
        role -> Text,
        request_id -> Text,
        before_hash -> Nullable<Text>,
        after_hash -> Nullable<Text>,
        position -> Nullable<BigInt>,
        chain_hash -> Nullable<Text>,
        seal -> Nullable<Text>,
    }
}

diesel::table! {
    journal_heads (id) {
        id -> Integer,
        position -> BigInt,
        chain_hash -> Text,
        seal -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    idempotency_keys (user_id, idempotency_key) {
        user_id -> IdSql,
        idempotency_key -> Text,
        fingerprint -> Text,
        status -> Nullable<Integer>,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Nullable<Text>,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    jobs (id) {
        id -> IdSql,
        kind -> Text,
        pool -> Text,
        unique_key -> Text,
        payload -> JsonSql,
        state -> Text,
        not_before -> InstantSql,
        tries -> Integer,
        tries_max -> Integer,
        lease_id -> Nullable<IdSql>,
        lease_until -> Nullable<InstantSql>,
        last_error -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    organisations (id) {
        id -> IdSql,
        kind -> Text,
        code -> Text,
        name -> Text,
        parent_id -> Nullable<IdSql>,
        path -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
        name_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    users (id) {
        id -> IdSql,
        kind -> Text,
        username -> Text,
        display_name -> Text,
        organisation_id -> Nullable<IdSql>,
        state -> Text,
        secret_hash -> Nullable<Text>,
        secret_change_due -> Bool,
        cut_off_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
        name_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    role_grants (id) {
        id -> IdSql,
        user_id -> IdSql,
        role -> Text,
        organisation_id -> Nullable<IdSql>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        ended_at -> Nullable<InstantSql>,
        waits -> Bool,
        asked_by_id -> Nullable<IdSql>,
        confirmed_by_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    sessions (id) {
        id -> IdSql,
        user_id -> IdSql,
        role_grant_id -> IdSql,
        opened_at -> InstantSql,
        expires_at -> InstantSql,
        revoked_at -> Nullable<InstantSql>,
        by_code -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    refresh_tokens (token_hash) {
        token_hash -> Text,
        session_id -> IdSql,
        issued_at -> InstantSql,
        used_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::InstantSql;
    sign_in_tries (name_hash) {
        name_hash -> Text,
        failures -> Integer,
        blocked_until -> Nullable<InstantSql>,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::InstantSql;
    sign_in_places (place_hash) {
        place_hash -> Text,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::InstantSql;
    signing_keys (number) {
        number -> Integer,
        key_id -> Text,
        public_key -> Text,
        sealed_seed -> Text,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    authorities (id) {
        id -> IdSql,
        level -> Text,
        complaint_office -> Nullable<Text>,
        complaint_phone -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    schools (id) {
        id -> IdSql,
        ownership -> Text,
        area -> Text,
        stages -> JsonSql,
        grade_first -> Integer,
        grade_last -> Integer,
        boarding -> Bool,
        dismissals -> JsonSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    terms (id) {
        id -> IdSql,
        authority_id -> IdSql,
        school_year -> Text,
        season -> Text,
        opens_on -> Date,
        ends_on -> Date,
        winter_periods -> JsonSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    policy_profiles (id) {
        id -> IdSql,
        authority_id -> IdSql,
        code -> Text,
        document -> Text,
        title -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        parameters -> JsonSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    calendar_years (id) {
        id -> IdSql,
        year -> Integer,
        document -> Text,
        days -> JsonSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    calendar_closures (id) {
        id -> IdSql,
        authority_id -> IdSql,
        closed_on -> Date,
        reason -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    plans (id) {
        id -> IdSql,
        school_id -> IdSql,
        school_year -> Text,
        season -> Text,
        state -> Text,
        content -> JsonSql,
        first_submitted_on -> Nullable<Date>,
        filing_deadline_on -> Nullable<Date>,
        filings_count -> Integer,
        filing_ordinal -> Integer,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    projects (id) {
        id -> IdSql,
        plan_id -> IdSql,
        school_id -> IdSql,
        position -> Integer,
        name -> Text,
        category -> Text,
        offer -> JsonSql,
        removed_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    filing_series (authority_id, year) {
        authority_id -> IdSql,
        year -> Integer,
        last_number -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    committee_opinions (id) {
        id -> IdSql,
        plan_id -> IdSql,
        school_id -> IdSql,
        held_on -> Date,
        members_present -> BigInt,
        stance -> Text,
        opinion -> Text,
        recorded_by_id -> IdSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    quality_courses (id) {
        id -> IdSql,
        project_id -> IdSql,
        school_id -> IdSql,
        state -> Text,
        document -> Text,
        marked_on -> Date,
        ended_on -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    plan_amendments (id) {
        id -> IdSql,
        plan_id -> IdSql,
        school_id -> IdSql,
        number -> Integer,
        state -> Text,
        reason -> Text,
        content -> JsonSql,
        offers -> JsonSql,
        filing_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    filings (id) {
        id -> IdSql,
        plan_id -> IdSql,
        amendment_id -> Nullable<IdSql>,
        school_id -> IdSql,
        authority_id -> IdSql,
        ordinal -> Integer,
        year -> Integer,
        number -> Integer,
        case_number -> Text,
        state -> Text,
        document -> Text,
        sha256 -> Text,
        profile_code -> Text,
        profile_document -> Text,
        findings -> JsonSql,
        not_judged -> JsonSql,
        due_on -> Nullable<Date>,
        reminded_on -> Nullable<Date>,
        escalated_on -> Nullable<Date>,
        escalated_to_id -> Nullable<IdSql>,
        review -> Nullable<JsonSql>,
        steps -> JsonSql,
        filed_by -> Nullable<JsonSql>,
        judged_by -> Nullable<Text>,
        judged_by_sha256 -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    filing_projects (filing_id, project_id) {
        filing_id -> IdSql,
        project_id -> IdSql,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    notices (id) {
        id -> IdSql,
        plan_id -> IdSql,
        school_id -> IdSql,
        filing_id -> Nullable<IdSql>,
        state -> Text,
        items -> JsonSql,
        contact_name -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        published_on -> Nullable<Date>,
        published_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    classes (id) {
        id -> IdSql,
        school_id -> IdSql,
        school_year -> Text,
        grade -> Integer,
        name -> Text,
        roll_version -> BigInt,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    persons (id) {
        id -> IdSql,
        id_number_sealed -> Nullable<Text>,
        id_number_hash -> Nullable<Text>,
        student_number_sealed -> Nullable<Text>,
        student_number_hash -> Nullable<Text>,
        merged_into_id -> Nullable<IdSql>,
        merge_document -> Nullable<Text>,
        joined_sealed -> Nullable<Text>,
        separation_document -> Nullable<Text>,
        erased_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    students (id) {
        id -> IdSql,
        school_id -> IdSql,
        person_id -> IdSql,
        class_id -> Nullable<IdSql>,
        name -> Text,
        grade -> Integer,
        entered_on -> Date,
        left_on -> Nullable<Date>,
        state -> Text,
        priority_groups -> JsonSql,
        free_help -> JsonSql,
        grounds -> JsonSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
        name_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    guardianships (id) {
        id -> IdSql,
        person_id -> IdSql,
        user_id -> Nullable<IdSql>,
        kind -> Text,
        organisation_name -> Nullable<Text>,
        relation -> Text,
        contact_name_sealed -> Text,
        contact_phone_sealed -> Nullable<Text>,
        contact_phone_hash -> Nullable<Text>,
        rights -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        state -> Text,
        closing_reason -> Nullable<Text>,
        closing_document -> Nullable<Text>,
        restoring_document -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    consents (id) {
        id -> IdSql,
        person_id -> IdSql,
        guardianship_id -> IdSql,
        text_version -> Text,
        document -> Nullable<Text>,
        given_at -> InstantSql,
        withdrawn_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    access_log_lines (id) {
        id -> IdSql,
        at -> InstantSql,
        user_id -> IdSql,
        role -> Text,
        operation -> Text,
        purpose -> Text,
        request_id -> Text,
        batch_id -> Nullable<IdSql>,
    }
}

diesel::table! {
    use crate::db::IdSql;
    access_log_persons (line_id, person_id) {
        line_id -> IdSql,
        person_id -> IdSql,
        school_id -> IdSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    enrollments (id) {
        id -> IdSql,
        student_id -> IdSql,
        person_id -> IdSql,
        school_id -> IdSql,
        plan_id -> IdSql,
        project_id -> IdSql,
        school_year -> Text,
        season -> Text,
        state -> Text,
        source -> Text,
        entered_by_id -> Nullable<IdSql>,
        notice_id -> IdSql,
        filing_id -> IdSql,
        terms_changed_on -> Nullable<Date>,
        ended_because -> Nullable<Text>,
        joins_on -> Nullable<Date>,
        unfit_on -> Nullable<Date>,
        offer_ends_on -> Nullable<Date>,
        wish -> Nullable<Integer>,
        draw_tier -> Nullable<Text>,
        draw_number -> Nullable<Integer>,
        draw_outcome -> Nullable<Text>,
        paper_form_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    project_seats (project_id) {
        project_id -> IdSql,
        seats_max -> Nullable<BigInt>,
        seats_offered -> Nullable<BigInt>,
        seats_taken -> BigInt,
        notice_id -> Nullable<IdSql>,
        held_for_draw -> Bool,
        closed_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    project_closures (id) {
        id -> IdSql,
        project_id -> IdSql,
        plan_id -> IdSql,
        school_id -> IdSql,
        into_project_id -> Nullable<IdSql>,
        reason -> Text,
        seats_min -> BigInt,
        seats_taken -> BigInt,
        pupils_offered -> BigInt,
        pupils_without -> BigInt,
        closed_on -> Date,
        closed_by_id -> IdSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    choice_windows (id) {
        id -> IdSql,
        plan_id -> IdSql,
        school_id -> IdSql,
        opens_on -> Date,
        closes_on -> Date,
        wishes_max -> Integer,
        places_max -> Integer,
        siblings_together -> Bool,
        seed_sha256 -> Text,
        seed_sealed -> Text,
        seed -> Nullable<Text>,
        filing_id -> Nullable<IdSql>,
        seats -> JsonSql,
        drawn_on -> Nullable<Date>,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    agreements (id) {
        id -> IdSql,
        enrollment_id -> IdSql,
        text -> Text,
        sha256 -> Text,
        filing_id -> IdSql,
        notice_id -> IdSql,
        signed_by_id -> Nullable<IdSql>,
        paper_form_id -> Nullable<IdSql>,
        signed_at -> InstantSql,
        superseded_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    fee_accounts (id) {
        id -> IdSql,
        school_id -> IdSql,
        name -> Text,
        bank_name -> Text,
        account_number_sealed -> Text,
        account_number_masked -> Text,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    ledger_accounts (id) {
        id -> IdSql,
        fee_account_id -> IdSql,
        kind -> Text,
        category -> Text,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    charges (id) {
        id -> IdSql,
        person_id -> IdSql,
        student_id -> IdSql,
        school_id -> IdSql,
        plan_id -> IdSql,
        filing_id -> IdSql,
        fee_account_id -> IdSql,
        school_year -> Text,
        season -> Text,
        state -> Text,
        amount_fen -> BigInt,
        paid_fen -> BigInt,
        conceded_fen -> BigInt,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    term_fees (person_id, school_year, season) {
        person_id -> IdSql,
        school_year -> Text,
        season -> Text,
        charge_id -> IdSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    charge_lines (charge_id, position) {
        charge_id -> IdSql,
        position -> Integer,
        enrollment_id -> IdSql,
        project_id -> IdSql,
        name -> Text,
        lessons -> Nullable<BigInt>,
        unit_fen -> BigInt,
        pays_percent -> Nullable<Integer>,
        amount_fen -> BigInt,
        joins_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    payments (id) {
        id -> IdSql,
        school_id -> IdSql,
        charge_id -> IdSql,
        amount_fen -> BigInt,
        method -> Text,
        paid_on -> Date,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    ledger_transfers (id) {
        id -> IdSql,
        entry_id -> IdSql,
        fee_account_id -> IdSql,
        debit_account_id -> IdSql,
        credit_account_id -> IdSql,
        amount_fen -> BigInt,
        charge_id -> Nullable<IdSql>,
        reverses_entry_id -> Nullable<IdSql>,
        posted_on -> Date,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    partners (id) {
        id -> IdSql,
        kind -> Text,
        licence_number -> Text,
        licence_document -> Text,
        licence_starts_on -> Date,
        licence_ends_on -> Nullable<Date>,
        contact_name -> Text,
        contact_phone_sealed -> Text,
        earlier_licences -> JsonSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    partner_reviews (id) {
        id -> IdSql,
        partner_id -> IdSql,
        authority_id -> IdSql,
        outcome -> Text,
        reviewed_on -> Date,
        valid_until_on -> Nullable<Date>,
        document -> Text,
        remark -> Nullable<Text>,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    partner_bans (id) {
        id -> IdSql,
        partner_id -> IdSql,
        authority_id -> IdSql,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        reason -> Text,
        document -> Text,
        lifted_on -> Nullable<Date>,
        lift_reason -> Nullable<Text>,
        lift_document -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    partner_agreements (id) {
        id -> IdSql,
        school_id -> IdSql,
        partner_id -> IdSql,
        title -> Text,
        starts_on -> Date,
        ends_on -> Date,
        who_pays -> Text,
        fee_terms -> Nullable<Text>,
        necessity -> Nullable<Text>,
        state -> Text,
        signed_on -> Nullable<Date>,
        document -> Nullable<Text>,
        ended_on -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    paper_forms (id) {
        id -> IdSql,
        school_id -> IdSql,
        plan_id -> IdSql,
        student_id -> IdSql,
        guardianship_id -> IdSql,
        kind -> Text,
        project_ids -> JsonSql,
        signed_on -> Date,
        agreement_sha256 -> Nullable<Text>,
        file_name -> Text,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Text,
        object -> Text,
        entered_by_id -> IdSql,
        checked_by_id -> Nullable<IdSql>,
        checked_on -> Nullable<Date>,
        refusal_reason -> Nullable<Text>,
        state -> Text,
        erased_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    class_teachers (id) {
        id -> IdSql,
        school_id -> IdSql,
        class_id -> IdSql,
        user_id -> IdSql,
        kind -> Text,
        subject -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    messages (id) {
        id -> IdSql,
        user_id -> IdSql,
        role -> Text,
        kind -> Text,
        resource -> Text,
        resource_id -> IdSql,
        school_id -> Nullable<IdSql>,
        student_id -> Nullable<IdSql>,
        project_id -> Nullable<IdSql>,
        due_on -> Nullable<Date>,
        round -> Integer,
        read_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    erasures (id) {
        id -> IdSql,
        person_id -> IdSql,
        school_id -> IdSql,
        cause -> Text,
        document -> Text,
        counts -> JsonSql,
        erased_on -> Date,
        erased_by_id -> IdSql,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    year_turns (id) {
        id -> IdSql,
        school_id -> IdSql,
        school_year -> Text,
        left_on -> Date,
        promoted -> BigInt,
        repeating -> BigInt,
        leaving -> BigInt,
        classes -> JsonSql,
        turned_on -> Date,
        turned_by_id -> IdSql,
        undone_on -> Nullable<Date>,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    pupil_moves (turn_id, student_id) {
        turn_id -> IdSql,
        student_id -> IdSql,
        kind -> Text,
        class_id -> Nullable<IdSql>,
        grade -> Integer,
        version -> BigInt,
        ended -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    choice_places (plan_id, user_id) {
        plan_id -> IdSql,
        user_id -> IdSql,
        place -> Text,
        chosen_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    signals (id) {
        id -> IdSql,
        school_id -> IdSql,
        plan_id -> Nullable<IdSql>,
        class_id -> Nullable<IdSql>,
        rule -> Text,
        subject -> Text,
        finding -> JsonSql,
        raised_on -> Date,
        state -> Text,
        answer -> Nullable<Text>,
        answered_on -> Nullable<Date>,
        answered_by_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    suggestions (id) {
        id -> IdSql,
        school_id -> IdSql,
        plan_id -> IdSql,
        project_id -> IdSql,
        class_id -> Nullable<IdSql>,
        student_id -> Nullable<IdSql>,
        note -> Text,
        pupils -> BigInt,
        suggested_on -> Date,
        suggested_by_id -> IdSql,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::InstantSql;
    kept_keys (name) {
        name -> Text,
        sealed -> Text,
        created_at -> InstantSql,
    }
}

diesel::joinable!(authorities -> organisations (id));
diesel::joinable!(policy_profiles -> authorities (authority_id));
diesel::joinable!(calendar_closures -> organisations (authority_id));
diesel::joinable!(terms -> organisations (authority_id));
diesel::joinable!(schools -> organisations (id));
diesel::joinable!(users -> organisations (organisation_id));
diesel::joinable!(invitations -> organisations (organisation_id));
diesel::joinable!(role_grants -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(sessions -> role_grants (role_grant_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));

diesel::joinable!(plans -> organisations (school_id));
diesel::joinable!(projects -> organisations (school_id));
diesel::joinable!(filings -> organisations (school_id));
diesel::joinable!(plan_amendments -> organisations (school_id));
diesel::joinable!(committee_opinions -> organisations (school_id));
diesel::joinable!(quality_courses -> organisations (school_id));
diesel::joinable!(filing_projects -> filings (filing_id));
diesel::joinable!(filing_projects -> projects (project_id));
diesel::joinable!(notices -> organisations (school_id));
diesel::joinable!(classes -> organisations (school_id));
diesel::joinable!(students -> organisations (school_id));
diesel::joinable!(students -> persons (person_id));
diesel::joinable!(guardianships -> persons (person_id));
diesel::joinable!(consents -> guardianships (guardianship_id));
diesel::joinable!(access_log_persons -> access_log_lines (line_id));
diesel::joinable!(access_log_lines -> users (user_id));
diesel::joinable!(enrollments -> organisations (school_id));
diesel::joinable!(choice_windows -> organisations (school_id));
diesel::joinable!(project_closures -> organisations (school_id));
diesel::joinable!(year_turns -> organisations (school_id));
diesel::joinable!(signals -> organisations (school_id));
diesel::joinable!(suggestions -> organisations (school_id));
diesel::joinable!(messages -> students (student_id));
diesel::joinable!(erasures -> organisations (school_id));
diesel::joinable!(paper_forms -> organisations (school_id));
diesel::joinable!(class_teachers -> organisations (school_id));
diesel::joinable!(paper_forms -> students (student_id));
diesel::joinable!(agreements -> enrollments (enrollment_id));

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    exemptions (id) {
        id -> IdSql,
        school_id -> IdSql,
        school_year -> Text,
        season -> Text,
        rule -> Text,
        project -> Nullable<Text>,
        weekday -> Nullable<Integer>,
        first_on -> Date,
        last_on -> Date,
        reason -> Text,
        state -> Text,
        requested_by_id -> Nullable<IdSql>,
        decided_by_id -> Nullable<IdSql>,
        decided_on -> Nullable<Date>,
        document -> Nullable<Text>,
        remark -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    staff_members (id) {
        id -> IdSql,
        school_id -> IdSql,
        kind -> Text,
        name -> Text,
        id_number_sealed -> Nullable<Text>,
        id_number_hash -> Nullable<Text>,
        phone_sealed -> Nullable<Text>,
        user_id -> Nullable<IdSql>,
        subject -> Nullable<Text>,
        state -> Text,
        entered_on -> Date,
        left_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
        name_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    staff_qualifications (id) {
        id -> IdSql,
        school_id -> IdSql,
        staff_member_id -> IdSql,
        kind -> Text,
        number -> Text,
        issuer -> Text,
        valid_from_on -> Date,
        valid_until_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    staff_vettings (id) {
        id -> IdSql,
        school_id -> IdSql,
        staff_member_id -> IdSql,
        kind -> Text,
        checked_on -> Date,
        valid_until_on -> Date,
        outcome -> Text,
        document -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    staff_contracts (id) {
        id -> IdSql,
        school_id -> IdSql,
        staff_member_id -> IdSql,
        follows_id -> Nullable<IdSql>,
        kind -> Text,
        state -> Text,
        starts_on -> Date,
        ends_on -> Date,
        hourly_rate_fen -> BigInt,
        benefits -> Nullable<Text>,
        signed_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    safety_duties (id) {
        id -> IdSql,
        school_id -> IdSql,
        staff_member_id -> IdSql,
        duty -> Text,
        from_on -> Date,
        to_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    safety_education_records (id) {
        id -> IdSql,
        school_id -> IdSql,
        held_on -> Date,
        topic -> Text,
        headcount -> BigInt,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    remuneration_standards (id) {
        id -> IdSql,
        school_id -> IdSql,
        item -> Text,
        amount_fen -> BigInt,
        document -> Text,
        starts_on -> Date,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    facilities (id) {
        id -> IdSql,
        school_id -> IdSql,
        kind -> Text,
        name -> Text,
        capacity -> Nullable<Integer>,
        quantity -> Nullable<Integer>,
        place -> Nullable<Text>,
        manager_name -> Text,
        usable_weekdays -> JsonSql,
        usable_note -> Nullable<Text>,
        state -> Text,
        in_use_on -> Date,
        retired_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    surveys (id) {
        id -> IdSql,
        school_id -> IdSql,
        school_year -> Text,
        season -> Text,
        title -> Text,
        opens_on -> Date,
        closes_on -> Date,
        questions -> JsonSql,
        asked -> JsonSql,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    survey_answers (id) {
        id -> IdSql,
        survey_id -> IdSql,
        school_id -> IdSql,
        student_id -> IdSql,
        person_id -> IdSql,
        grade -> Integer,
        answered_by_id -> IdSql,
        answers -> JsonSql,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    materials (id) {
        id -> IdSql,
        school_id -> IdSql,
        plan_id -> Nullable<IdSql>,
        kind -> Text,
        name -> Text,
        edition -> Integer,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Text,
        object -> Text,
        removed_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::IdSql;
    filing_materials (filing_id, material_id) {
        filing_id -> IdSql,
        material_id -> IdSql,
    }
}

diesel::joinable!(exemptions -> organisations (school_id));
diesel::joinable!(fee_accounts -> organisations (school_id));
diesel::joinable!(charges -> organisations (school_id));

diesel::joinable!(partners -> organisations (id));
// A partner's id is that of its node.
diesel::joinable!(partner_reviews -> organisations (partner_id));
diesel::joinable!(partner_bans -> organisations (partner_id));
diesel::joinable!(staff_members -> organisations (school_id));
diesel::joinable!(staff_qualifications -> organisations (school_id));
diesel::joinable!(staff_vettings -> organisations (school_id));
diesel::joinable!(staff_contracts -> organisations (school_id));
diesel::joinable!(safety_duties -> organisations (school_id));
diesel::joinable!(safety_education_records -> organisations (school_id));
diesel::joinable!(remuneration_standards -> organisations (school_id));
diesel::joinable!(staff_contracts -> staff_members (staff_member_id));
diesel::joinable!(facilities -> organisations (school_id));
diesel::joinable!(surveys -> organisations (school_id));
diesel::joinable!(survey_answers -> organisations (school_id));
diesel::joinable!(survey_answers -> surveys (survey_id));
diesel::joinable!(materials -> organisations (school_id));
diesel::joinable!(filing_materials -> filings (filing_id));
diesel::joinable!(filing_materials -> materials (material_id));

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    invitations (id) {
        id -> IdSql,
        organisation_id -> Nullable<IdSql>,
        role -> Text,
        guardianship_id -> Nullable<IdSql>,
        display_name -> Nullable<Text>,
        phone_sealed -> Nullable<Text>,
        phone_hash -> Nullable<Text>,
        code_hash -> Text,
        tries -> Integer,
        state -> Text,
        expires_at -> InstantSql,
        invited_by_id -> IdSql,
        user_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    sign_in_codes (phone_hash) {
        phone_hash -> Text,
        user_id -> Nullable<IdSql>,
        code_hash -> Text,
        tries -> Integer,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    venue_checks (id) {
        id -> IdSql,
        school_id -> IdSql,
        facility_id -> IdSql,
        checked_on -> Date,
        valid_until_on -> Date,
        aspects -> JsonSql,
        outcome -> Text,
        checked_by_id -> IdSql,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    hazards (id) {
        id -> IdSql,
        school_id -> IdSql,
        facility_id -> IdSql,
        aspect -> Text,
        is_serious -> Bool,
        description -> Text,
        found_on -> Date,
        state -> Text,
        cleared_on -> Nullable<Date>,
        clearance -> Nullable<Text>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    service_groups (id) {
        id -> IdSql,
        school_id -> IdSql,
        plan_id -> IdSql,
        project_id -> IdSql,
        filing_id -> IdSql,
        name -> Text,
        slots -> JsonSql,
        leader_id -> Nullable<IdSql>,
        assistant_ids -> JsonSql,
        venue_id -> Nullable<IdSql>,
        state -> Text,
        from_on -> Nullable<Date>,
        dissolved_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    group_members (id) {
        id -> IdSql,
        school_id -> IdSql,
        group_id -> IdSql,
        enrollment_id -> IdSql,
        student_id -> IdSql,
        from_on -> Date,
        to_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    service_sessions (id) {
        id -> IdSql,
        school_id -> IdSql,
        plan_id -> IdSql,
        project_id -> IdSql,
        group_id -> IdSql,
        held_on -> Date,
        starts_at -> Integer,
        ends_at -> Integer,
        lessons -> Integer,
        leader_id -> IdSql,
        venue_id -> IdSql,
        kind -> Text,
        state -> Text,
        moved_from_on -> Nullable<Date>,
        reason -> Nullable<Text>,
        began_at -> Nullable<Integer>,
        ended_at -> Nullable<Integer>,
        form -> Nullable<Text>,
        content -> Nullable<Text>,
        findings -> JsonSql,
        pay_held -> Bool,
        pay_release_reason -> Nullable<Text>,
        corrections -> JsonSql,
        closed_on -> Nullable<Date>,
        closed_by_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    session_staff (id) {
        id -> IdSql,
        school_id -> IdSql,
        session_id -> IdSql,
        staff_member_id -> IdSql,
        held_on -> Date,
        duty -> Text,
        state -> Text,
        minutes -> Nullable<Integer>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    pickup_persons (id) {
        id -> IdSql,
        school_id -> IdSql,
        student_id -> IdSql,
        kind -> Text,
        name_sealed -> Text,
        name_hash -> Text,
        phone_sealed -> Nullable<Text>,
        phone_hash -> Nullable<Text>,
        relation -> Text,
        document -> Nullable<Text>,
        from_on -> Date,
        to_on -> Nullable<Date>,
        entered_by_id -> IdSql,
        state -> Text,
        end_reason -> Nullable<Text>,
        code_hash -> Nullable<Text>,
        code_on -> Nullable<Date>,
        code_used_at -> Nullable<InstantSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    leave_requests (id) {
        id -> IdSql,
        school_id -> IdSql,
        student_id -> IdSql,
        from_on -> Date,
        to_on -> Date,
        reason -> Text,
        days -> JsonSql,
        asked_by_id -> IdSql,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    session_rosters (id) {
        id -> IdSql,
        school_id -> IdSql,
        present -> Integer,
        late -> Integer,
        left_early -> Integer,
        on_leave -> Integer,
        absent -> Integer,
        departed -> Integer,
        marks_hash -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    attendances (session_id, student_id) {
        session_id -> IdSql,
        student_id -> IdSql,
        school_id -> IdSql,
        mark -> Text,
        made_at -> InstantSql,
        device -> Text,
        sequence -> BigInt,
        marked_by_id -> IdSql,
        marked_at -> InstantSql,
        departure -> Nullable<Text>,
        departed_at -> Nullable<Integer>,
        pickup_person_id -> Nullable<IdSql>,
        guardianship_id -> Nullable<IdSql>,
        departure_note -> Nullable<Text>,
        departure_late -> Bool,
        departure_by_id -> Nullable<IdSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    attendance_changes (id) {
        id -> IdSql,
        session_id -> IdSql,
        student_id -> IdSql,
        mark -> Text,
        departure -> Nullable<Text>,
        departed_at -> Nullable<Integer>,
        outcome -> Text,
        reason -> Nullable<Text>,
        made_at -> InstantSql,
        device -> Text,
        sequence -> BigInt,
        marked_by_id -> IdSql,
        marked_at -> InstantSql,
        kept_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    performance_pay_totals (id) {
        id -> IdSql,
        school_id -> IdSql,
        from_on -> Date,
        to_on -> Date,
        amount_fen -> BigInt,
        document -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql, JsonSql};
    pay_sheets (id) {
        id -> IdSql,
        school_id -> IdSql,
        month_on -> Date,
        state -> Text,
        line_count -> Integer,
        own_fen -> BigInt,
        external_fen -> BigInt,
        total_fen -> BigInt,
        people -> JsonSql,
        findings -> JsonSql,
        lines_hash -> Text,
        computed_on -> Date,
        computed_by_id -> IdSql,
        approved_on -> Nullable<Date>,
        approved_by_id -> Nullable<IdSql>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    pay_lines (id) {
        id -> IdSql,
        school_id -> IdSql,
        pay_sheet_id -> IdSql,
        session_staff_id -> IdSql,
        session_id -> IdSql,
        staff_member_id -> IdSql,
        staff_kind -> Text,
        held_on -> Date,
        kind -> Text,
        minutes -> Integer,
        hourly_fen -> Nullable<BigInt>,
        staff_contract_id -> Nullable<IdSql>,
        remuneration_standard_id -> Nullable<IdSql>,
        amount_fen -> BigInt,
        hold -> Nullable<Text>,
        held_minutes -> Integer,
        number -> Nullable<Integer>,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{IdSql, InstantSql};
    calendar_feeds (id) {
        id -> IdSql,
        user_id -> IdSql,
        role -> Text,
        student_id -> Nullable<IdSql>,
        secret_hash -> Text,
        state -> Text,
        version -> BigInt,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::joinable!(performance_pay_totals -> organisations (school_id));
diesel::joinable!(pay_sheets -> organisations (school_id));
diesel::joinable!(pay_lines -> organisations (school_id));
diesel::joinable!(venue_checks -> organisations (school_id));
diesel::joinable!(hazards -> organisations (school_id));
diesel::joinable!(service_groups -> organisations (school_id));
diesel::joinable!(service_sessions -> organisations (school_id));
diesel::joinable!(session_staff -> organisations (school_id));
diesel::joinable!(session_rosters -> organisations (school_id));
diesel::joinable!(pickup_persons -> organisations (school_id));
diesel::joinable!(leave_requests -> organisations (school_id));

diesel::allow_tables_to_appear_in_same_query!(
    venue_checks,
    hazards,
    service_groups,
    group_members,
    service_sessions,
    session_staff,
    pickup_persons,
    leave_requests,
    session_rosters,
    attendances,
    attendance_changes,
    calendar_feeds,
    performance_pay_totals,
    pay_sheets,
    pay_lines,
    filing_materials,
    materials,
    facilities,
    surveys,
    survey_answers,
    staff_members,
    staff_qualifications,
    staff_vettings,
    staff_contracts,
    safety_duties,
    safety_education_records,
    remuneration_standards,
    exemptions,
    partner_agreements,
    partner_bans,
    partner_reviews,
    partners,
    ledger_transfers,
    payments,
    charge_lines,
    term_fees,
    charges,
    ledger_accounts,
    fee_accounts,
    agreements,
    paper_forms,
    project_seats,
    choice_windows,
    project_closures,
    year_turns,
    pupil_moves,
    choice_places,
    signals,
    suggestions,
    enrollments,
    access_log_persons,
    access_log_lines,
    consents,
    guardianships,
    students,
    persons,
    erasures,
    messages,
    class_teachers,
    classes,
    notices,
    filing_projects,
    plan_amendments,
    committee_opinions,
    quality_courses,
    filings,
    projects,
    plans,
    calendar_years,
    calendar_closures,
    policy_profiles,
    terms,
    schools,
    authorities,
    organisations,
    users,
    role_grants,
    sessions,
    refresh_tokens,
    invitations,
    sign_in_codes
);

diesel::allow_columns_to_appear_in_same_group_by_clause!(group_members::group_id, students::class_id);
