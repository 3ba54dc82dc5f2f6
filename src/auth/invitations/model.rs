//! An invitation, its life, and what is said to make and to use one.

use crate::auth::Role;
use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::values::identifiers::Phone;
use crate::values::text::{Line, Username};
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Where an invitation stands. Other states may come.
    pub enum InvitationState {
        /// 待使用
        Open = "open",
        /// 已使用: its account is there.
        Used = "used",
        /// 已撤回: taken back, or followed by a newer one.
        Revoked = "revoked",
        /// 已过期
        Expired = "expired",
        /// 已锁定: tried too often with the wrong telephone.
        Locked = "locked",
    }
}

life! {
    /// What is called on an invitation. It is used by whoever was invited, and has no token yet.
    pub InvitationVerb of InvitationState, "invitations" for Invitation {
        Revoke = "revoke" by ManageRoleGrants { Open => Revoked }
    }
}

row! {
    /// The row of an invitation; of its code it has a hash.
    #[derive(Eq)]
    pub struct InvitationRow of invitations, "invitation", "invitations" {
        id: Id,
        /// Where the role will be held; for a guardian the school that invites.
        organisation_id: Option<Id>,
        role: Role,
        /// For a guardian.
        guardianship_id: Option<Id>,
        /// For anybody else.
        display_name: Option<String>,
        #[serde(skip)]
        phone_sealed: Option<String>,
        phone_hash: Option<String>,
        #[serde(skip)]
        code_hash: String,
        /// How often it was tried with the wrong telephone.
        tries: i32,
        state: InvitationState,
        expires_at: Instant,
        invited_by_id: Id,
        /// The account that was made of it, or that took it.
        user_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An invitation with the path of its organisation, which is empty for the platform's own.
pub type Invitation = Placed<InvitationRow>;

/// Wrong telephones that an invitation bears: of ten thousand endings, so few are guessed with little luck.
const TRIES_MAX: i32 = 5;

impl InvitationRow {
    /// Whether it can be used now.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.state == InvitationState::Open && now < self.expires_at
    }

    /// Counts a wrong telephone; the last one that it bears locks it.
    pub(super) fn count_try(&mut self) {
        self.tries += 1;
        if self.tries >= TRIES_MAX {
            self.state = InvitationState::Locked;
        }
    }
}

filter! {
    /// Which invitations a list holds.
    pub struct InvitationFilter {
        /// Only invitations to this organisation; of guardians, those of this school.
        organisation_id: Id,
        /// Only invitations to this role.
        role: Role,
        /// Only invitations for this guardianship.
        guardianship_id: Id,
        /// Only invitations in this state.
        state: AnyOf<InvitationState>,
    }
}

body! {
    /// Who is invited to a role, and where. Guardians are invited by their guardianships.
    pub struct InvitationIn {
        /// Where the account will belong and the role be held; null for `platform_admin`.
        organisation_id: Option<Id>,
        /// A role that the caller may give to people.
        role: Role,
        /// Shown to colleagues.
        #[schema(inline)]
        display_name: Line<1, 60>,
        /// Sealed at rest; its last four digits are asked for with the code.
        #[schema(inline)]
        phone: Phone,
    }
}

body! {
    /// Somebody who was invited makes an account.
    pub struct RegistrationIn {
        /// As it was printed or sent: capitals or not, with or without hyphens.
        #[schema(inline)]
        code: Line<1, 64>,
        /// The last four digits of the telephone that the school or authority has on record.
        #[schema(inline)]
        phone_last_four: Line<4, 4>,
        /// Unique in the whole service.
        #[schema(inline)]
        username: Username,
        /// At least 12 characters, without the account's name, and no repetition of a few characters.
        #[schema(inline)]
        password: Line<12, 128>,
    }
}
