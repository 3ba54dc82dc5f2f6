//! Service as it is held 服务开展 (三.2, 五.4, 六.1, 六.3): groups and their sessions, who was there, how each pupil left.

pub mod calendar_feeds;
pub mod closings;
pub mod gates;
pub mod groups;
pub mod leave_requests;
pub mod pay_sheets;
pub mod pickup_persons;
pub mod rosters;
pub mod session_counts;
pub mod sessions;
pub mod sheets;
pub mod timetables;
