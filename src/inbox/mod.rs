//! What accounts are told of, so that an app shows what is new without reading every list.

pub mod messages;
