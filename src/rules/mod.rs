//! The compliance checks. Pure: facts in, findings out; no database, no clock, no framework.
//!
//! A finding names its rule, the clause it comes from and the place it is about. Texts are made from `rule` and
//! `params` when a finding is shown, so that the same finding reads in Chinese and in English.

pub mod calendar;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a finding does to the step that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Stops the step.
    Error,
    /// Shown and recorded; the step goes on.
    Warning,
    /// Goes to the supervisor only.
    Signal,
}

/// What one rule says about the facts it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, for example `service-end-time`.
    pub rule: &'static str,
    pub severity: Severity,
    /// Part and section of the policy, for example `三.2`.
    pub clause: &'static str,
    /// Number of the policy document, for example `岳教体发〔2019〕11号`.
    pub document: String,
    /// JSON pointer into the plan document or the body.
    pub pointer: String,
    /// The numbers that were compared.
    pub params: BTreeMap<&'static str, String>,
}
