//! The permission table: one row per permission, naming the roles that have it and how far each reaches.
//!
//! A permission is a type, so that a handler names it in its signature. The contract and `openapi/operations.txt` take
//! its name from the same row.

use super::role::Role;

/// How far a permission reaches for a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everything there is.
    Everything,
    /// The caller's organisation and all below it.
    Subtree,
    /// The same, and what hangs on an authority above it.
    Chain,
    /// What belongs to the caller's own account.
    Own,
    /// The children whose guardian the account is today.
    OwnChildren,
    /// The pupils of the classes that the account teaches today.
    OwnPupils,
    /// The groups and sessions at which the account serves.
    OwnGroups,
}

/// Whether a permission holds while a temporary secret waits to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhileSecretChangeIsDue {
    Allowed,
    Refused,
}

/// A row of the table.
pub trait Permission: Send + Sync + 'static {
    /// The name in the contract and in `WWW-Authenticate`.
    const NAME: &'static str;
    /// Who has it, and how far.
    const REACH: &'static [(Role, Reach)];
    /// Whether a temporary secret is enough.
    const WHILE_SECRET_CHANGE_IS_DUE: WhileSecretChangeIsDue;
    /// Whether what it opens shows pupils: then nothing is answered under it without a line in the access log.
    const SHOWS_PUPILS: bool;

    /// How far it reaches for `role`; nothing if the role does not have it.
    #[must_use]
    fn reach(role: Role) -> Option<Reach> {
        Self::REACH.iter().find(|(holder, _)| *holder == role).map(|(_, reach)| *reach)
    }
}

macro_rules! permissions {
    ($(
        $(#[$meta:meta])*
        $name:ident = $slug:literal, $due:ident $($pupils:ident)?: $($role:ident => $reach:ident),+;
    )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Permission for $name {
                const NAME: &'static str = $slug;
                const REACH: &'static [(Role, Reach)] = &[$((Role::$role, Reach::$reach)),+];
                const WHILE_SECRET_CHANGE_IS_DUE: WhileSecretChangeIsDue = WhileSecretChangeIsDue::$due;
                const SHOWS_PUPILS: bool = permissions!(@pupils $($pupils)?);
            }

            impl utoipa::IntoResponses for $name {
                fn responses()
                -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                    crate::contract::denials($slug)
                }
            }
        )+

        /// The table as data: name, and the roles that have it.
        pub const TABLE: &[(&str, &[(Role, Reach)])] = &[$(($slug, $name::REACH)),+];
    };
    (@pupils) => { false };
    (@pupils ShowsPupils) => { true };
}

permissions! {
    /// See accounts and their role grants.
    ReadUsers = "read-users", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree;
    /// Create, change, suspend and reinstate accounts, and issue secrets.
    ManageUsers = "manage-users", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree;
    /// Give roles and end them.
    ManageRoleGrants = "manage-role-grants", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree;
    /// See and change one's own account.
    OwnAccount = "own-account", Allowed:
        PlatformAdmin => Own, Bureau => Own, SchoolAdmin => Own, SchoolFinance => Own, Teacher => Own,
        Guardian => Own, Partner => Own, Integration => Own;
    /// Read what one is told of, and mark it as read.
    OwnMessages = "own-messages", Refused:
        PlatformAdmin => Own, Bureau => Own, SchoolAdmin => Own, SchoolFinance => Own, Teacher => Own,
        Guardian => Own, Partner => Own, Integration => Own;
    /// See authorities and what else everybody is regulated by.
    ReadRegulation = "read-regulation", Refused:
        PlatformAdmin => Everything, Bureau => Everything, SchoolAdmin => Everything, SchoolFinance => Everything,
        Teacher => Everything, Guardian => Everything, Partner => Everything, Integration => Everything;
    /// Add and rename authorities.
    ManageAuthorities = "manage-authorities", Refused:
        PlatformAdmin => Everything;
    /// Set the terms of an authority.
    ManageTerms = "manage-terms", Refused:
        PlatformAdmin => Everything, Bureau => Subtree;
    /// Set the parameters of the rules for an authority.
    ManagePolicyProfiles = "manage-policy-profiles", Refused:
        PlatformAdmin => Everything, Bureau => Subtree;
    /// Set the days on which an authority closes its schools.
    ManageClosures = "manage-closures", Refused:
        PlatformAdmin => Everything, Bureau => Subtree;
    /// Enter the years of the national calendar, as the State Council announces them.
    ManageCalendar = "manage-calendar", Refused:
        PlatformAdmin => Everything;
    /// See schools and the facts that their plans are judged by.
    ReadSchools = "read-schools", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree,
        Teacher => Subtree, Integration => Subtree;
    /// Add schools and keep their facts.
    ManageSchools = "manage-schools", Refused:
        PlatformAdmin => Everything, Bureau => Subtree;
    /// See plans, their projects, filings and notices.
    ReadPlans = "read-plans", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree,
        Teacher => Subtree, Integration => Subtree;
    /// Write plans and their projects while they are drafts or were returned.
    WritePlans = "write-plans", Refused:
        SchoolAdmin => Subtree;
    /// File plans, withdraw, reopen and close them.
    SubmitPlans = "submit-plans", Refused:
        SchoolAdmin => Subtree;
    /// Decide on filings.
    ReviewFilings = "review-filings", Refused:
        Bureau => Subtree;
    /// Mark projects as quality courses (五.5).
    MarkQualityCourses = "mark-quality-courses", Refused:
        Bureau => Subtree;
    /// Write notices to guardians and publish them.
    PublishNotices = "publish-notices", Refused:
        SchoolAdmin => Subtree;
    /// See the classes of schools.
    ReadClasses = "read-classes", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree,
        Teacher => Subtree, Integration => Subtree;
    /// Add classes and name them.
    ManageClasses = "manage-classes", Refused:
        SchoolAdmin => Subtree;
    /// See pupils, their numbers masked.
    ReadStudents = "read-students", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Teacher => OwnPupils,
        Guardian => OwnChildren;
    /// See why a pupil comes first or gets free help (三.1, 三.3): its guardian and its school alone.
    ReadReasons = "read-reasons", Refused:
        SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Enter pupils, keep their facts, and let them leave.
    ManageStudents = "manage-students", Refused ShowsPupils:
        SchoolAdmin => Subtree;
    /// See pupils' numbers whole, for a purpose that is logged.
    RevealStudents = "reveal-students", Refused ShowsPupils:
        SchoolAdmin => Subtree;
    /// See who saw a pupil's data.
    ReadAccessLog = "read-access-log", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Join two records of one person.
    MergePersons = "merge-persons", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// Erase what is known of persons whom no school has any more, and see what was erased.
    EraseStudents = "erase-students", Refused ShowsPupils:
        Bureau => Subtree;
    /// Get all that is known of one child, as its copy.
    CopyStudents = "copy-students", Refused ShowsPupils:
        SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Get the yearly audit of minors' data.
    AuditMinorsData = "audit-minors-data", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// See who is guardian of whom.
    ReadGuardianships = "read-guardianships", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Enter guardianships, end them and block them.
    ManageGuardianships = "manage-guardianships", Refused ShowsPupils:
        SchoolAdmin => Subtree;
    /// Take on, by a code of its school, the guardianship of a further child.
    ClaimGuardianships = "claim-guardianships", Refused ShowsPupils:
        Guardian => Own;
    /// See guardians' consents.
    ReadConsents = "read-consents", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Give a guardian's consent and withdraw it.
    GiveConsents = "give-consents", Refused ShowsPupils:
        SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// See enrollments and their agreements.
    ReadEnrollments = "read-enrollments", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Teacher => OwnPupils,
        Guardian => OwnChildren;
    /// Apply for projects, decline them, and withdraw (二.2): the guardian alone.
    ApplyForProjects = "apply-for-projects", Refused ShowsPupils:
        Guardian => OwnChildren;
    /// See what guardians have signed on paper, with its scans.
    ReadPaperForms = "read-paper-forms", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree;
    /// Record what a guardian has signed on paper (二.2).
    RecordPaperForms = "record-paper-forms", Refused ShowsPupils:
        SchoolAdmin => Subtree;
    /// Check what somebody else of the school has recorded from paper.
    CheckPaperForms = "check-paper-forms", Refused ShowsPupils:
        SchoolAdmin => Subtree, SchoolFinance => Subtree;
    /// See which guardians were told of a plan, have opened it, and have answered (二.2, 五.3).
    ReadNoticeReceipts = "read-notice-receipts", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => OwnPupils;
    /// See the windows in which wishes are ranked and drawn; a guardian sees those of its children's schools.
    ReadChoiceWindows = "read-choice-windows", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Teacher => Subtree,
        Guardian => OwnChildren;
    /// Announce windows for wishes, draw, and cancel what is not drawn.
    ManageChoiceWindows = "manage-choice-windows", Refused:
        SchoolAdmin => Subtree;
    /// See what teachers and schools have suggested (五.3): a teacher what it has suggested itself.
    ReadSuggestions = "read-suggestions", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => OwnPupils;
    /// Suggest projects to pupils and classes, and invite a whole school: advice, never an enrollment.
    SuggestProjects = "suggest-projects", Refused ShowsPupils:
        SchoolAdmin => Subtree, Teacher => OwnPupils;
    /// See the signals of schools, and what was said about them: the supervisor alone.
    ReadSignals = "read-signals", Refused:
        Bureau => Subtree;
    /// Say what a signal came to.
    AnswerSignals = "answer-signals", Refused:
        Bureau => Subtree;
    /// Close projects that too few have joined.
    CloseProjects = "close-projects", Refused:
        SchoolAdmin => Subtree;
    /// Sign agreements (五.3): the guardian alone.
    SignAgreements = "sign-agreements", Refused ShowsPupils:
        Guardian => OwnChildren;
    /// See the dedicated fee accounts of schools.
    ReadFeeAccounts = "read-fee-accounts", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree;
    /// Open the dedicated fee account of a school.
    ManageFeeAccounts = "manage-fee-accounts", Refused:
        Bureau => Subtree, SchoolFinance => Subtree;
    /// See charges.
    ReadCharges = "read-charges", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Guardian => OwnChildren;
    /// See exemptions from rules.
    ReadExemptions = "read-exemptions", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// Ask for an exemption; an authority gives it of its own motion (三.2).
    AskForExemptions = "ask-for-exemptions", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// Grant, refuse and end exemptions.
    DecideExemptions = "decide-exemptions", Refused:
        Bureau => Subtree;
    /// Charge for a term, void a charge, enter what was paid. Never a partner: only the school collects (六.5).
    ChargeFees = "charge-fees", Refused ShowsPupils:
        SchoolFinance => Subtree;
    /// See background jobs and put dead ones back.
    ManageJobs = "manage-jobs", Refused:
        PlatformAdmin => Everything;
    /// See partners, their reviews and bans. A school sees the partners of all authorities above it.
    ReadPartners = "read-partners", Refused:
        PlatformAdmin => Everything, Bureau => Chain, SchoolAdmin => Chain, SchoolFinance => Chain, Teacher => Chain,
        Partner => Subtree, Integration => Chain;
    /// Enter partners and keep their facts.
    ManagePartners = "manage-partners", Refused:
        PlatformAdmin => Everything, Bureau => Subtree;
    /// Review partners, ban them and lift bans (六.5).
    SupervisePartners = "supervise-partners", Refused:
        Bureau => Subtree;
    /// See agreements between schools and partners.
    ReadPartnerAgreements = "read-partner-agreements", Refused:
        PlatformAdmin => Everything, Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree,
        Partner => Subtree, Integration => Subtree;
    /// Draft agreements with partners, sign and end them.
    WritePartnerAgreements = "write-partner-agreements", Refused:
        SchoolAdmin => Subtree;
    /// See the staff of schools, their numbers masked, with their papers and duties.
    ReadStaff = "read-staff", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// Enter staff, their papers and contracts, and who answers for safety.
    ManageStaff = "manage-staff", Refused:
        SchoolAdmin => Subtree;
    /// See the resource ledgers of schools (五.1).
    ReadFacilities = "read-facilities", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// Keep the resource ledger of a school.
    ManageFacilities = "manage-facilities", Refused:
        SchoolAdmin => Subtree;
    /// See checks of venues, and what was found dangerous in them (六.3).
    ReadSafety = "read-safety", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => Subtree;
    /// Enter checks of venues, and hazards, and remove these.
    ManageSafety = "manage-safety", Refused:
        SchoolAdmin => Subtree;
    /// See the groups in which projects meet; a guardian sees those of its children, a teacher those of its school.
    ReadGroups = "read-groups", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Teacher => Subtree,
        Guardian => OwnChildren;
    /// Make groups, confirm, change and dissolve them.
    ManageGroups = "manage-groups", Refused:
        SchoolAdmin => Subtree;
    /// See who is in a group: a teacher in those that it leads.
    ReadGroupMembers = "read-group-members", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => OwnGroups;
    /// Say who is in a group, from which day.
    ManageGroupMembers = "manage-group-members", Refused:
        SchoolAdmin => Subtree;
    /// See sessions and what is on record of them: a teacher its own, a guardian those of its children.
    ReadSessions = "read-sessions", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Teacher => OwnGroups,
        Guardian => OwnChildren;
    /// Start sessions and close them with their record (六.1): whoever serves at them.
    HoldSessions = "hold-sessions", Refused:
        SchoolAdmin => Subtree, Teacher => OwnGroups;
    /// Move, add and cancel sessions, and say who steps in.
    ManageSessions = "manage-sessions", Refused:
        SchoolAdmin => Subtree;
    /// Let a session be paid that was held back because it was teaching (六.5).
    ReleasePay = "release-pay", Refused:
        Bureau => Subtree;
    /// See what a school pays who served, month by month (四.1).
    ReadPaySheets = "read-pay-sheets", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree;
    /// See the lines of pay sheets: a teacher its own, of sheets that are approved.
    ReadPayLines = "read-pay-lines", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, SchoolFinance => Subtree, Teacher => OwnGroups;
    /// Compute what a school pays who served in a month.
    ComputePay = "compute-pay", Refused:
        SchoolAdmin => Subtree, SchoolFinance => Subtree;
    /// Approve what was computed.
    ApprovePay = "approve-pay", Refused:
        SchoolAdmin => Subtree;
    /// Give the total within which a school pays its own staff (四.1).
    GivePerformancePay = "give-performance-pay", Refused:
        Bureau => Subtree;
    /// Make secret links to calendars of sessions: a guardian of its children's, a teacher of its own.
    KeepCalendarFeeds = "keep-calendar-feeds", Refused ShowsPupils:
        Teacher => Own, Guardian => Own;
    /// See who was at a session, and how each pupil left: a guardian of its children.
    ReadRosters = "read-rosters", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => OwnGroups, Guardian => OwnChildren;
    /// Say who was at a session, and how each pupil left (六.3).
    RecordRosters = "record-rosters", Refused ShowsPupils:
        SchoolAdmin => Subtree, Teacher => OwnGroups;
    /// See which pupils of a school leave when on a day, and who may fetch them: a teacher without a duty on that day
    /// sees those of its own sessions.
    ReadGate = "read-gate", Refused ShowsPupils:
        SchoolAdmin => Subtree, Teacher => Subtree;
    /// See who may fetch a pupil, and who may not.
    ReadPickupPersons = "read-pickup-persons", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => OwnGroups, Guardian => OwnChildren;
    /// Name who may fetch a pupil, and take that back.
    NamePickupPersons = "name-pickup-persons", Refused ShowsPupils:
        SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Enter, by a document, who may not fetch a pupil.
    ForbidPickupPersons = "forbid-pickup-persons", Refused ShowsPupils:
        SchoolAdmin => Subtree;
    /// See leave that guardians have asked for.
    ReadLeaveRequests = "read-leave-requests", Refused ShowsPupils:
        Bureau => Subtree, SchoolAdmin => Subtree, Teacher => OwnGroups, Guardian => OwnChildren;
    /// Ask for leave, and take it back.
    AskForLeave = "ask-for-leave", Refused ShowsPupils:
        SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Answer leave that was asked for late.
    AnswerLeaveRequests = "answer-leave-requests", Refused ShowsPupils:
        SchoolAdmin => Subtree;
    /// See surveys; a guardian sees those that its child's school has opened.
    ReadSurveys = "read-surveys", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree, Guardian => OwnChildren;
    /// Write surveys, open, close and cancel them, and draft projects from what was wished.
    ManageSurveys = "manage-surveys", Refused:
        SchoolAdmin => Subtree;
    /// See what was answered to a survey, never by whom.
    ReadSurveyResults = "read-survey-results", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// See who answered what to a survey: the guardian alone.
    ReadSurveyAnswers = "read-survey-answers", Refused ShowsPupils:
        Guardian => OwnChildren;
    /// Answer surveys: the guardian alone.
    AnswerSurveys = "answer-surveys", Refused ShowsPupils:
        Guardian => OwnChildren;
    /// See uploaded materials, and read them.
    ReadMaterials = "read-materials", Refused:
        Bureau => Subtree, SchoolAdmin => Subtree;
    /// Upload materials, and take them back.
    ManageMaterials = "manage-materials", Refused:
        SchoolAdmin => Subtree;
}

/// Names of the permissions that a role has.
#[must_use]
pub fn names_of(role: Role) -> Vec<String> {
    let has = |reaches: &[(Role, Reach)]| reaches.iter().any(|(holder, _)| *holder == role);
    TABLE.iter().filter(|(_, reaches)| has(reaches)).map(|(name, _)| (*name).to_owned()).collect()
}
