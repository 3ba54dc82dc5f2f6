//! Everything that is wrong with a body or a query, not only the first of it.
//!
//! Serde's types stop at what they cannot read. So what was refused is read again from the place after the fault, and
//! again, until nothing is left: what was read before is stepped over, so that the whole costs about one more reading.
//! What a container says of itself once a part of it was wrong is not heard, because it has not seen that part; which
//! fields it lacks is told by the contract instead. Faults come in the order of the fields in the contract, with what
//! is unknown after them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::value::{BorrowedStrDeserializer, Error};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use utoipa::openapi::{RefOr, Schema};

use super::json::{escape, field_error};
use super::node::Node;
use crate::refusal::{Fault, FieldError};

/// Most faults that one answer names.
pub(super) const FAULTS_MAX: usize = 50;

/// The fields that the contract asks for, by the name of the type.
#[derive(Debug, Default)]
pub(super) struct Required(BTreeMap<String, BTreeSet<String>>);

impl Required {
    /// Of a body and of everything in it.
    pub(super) fn of<T: utoipa::ToSchema>() -> Self {
        let mut schemas = Vec::new();
        T::schemas(&mut schemas);
        schemas.push((T::name().into_owned(), T::schema()));
        Self(schemas.into_iter().filter_map(|(name, schema)| Some((name, required_by(&schema)?))).collect())
    }

    fn asks(&self, name: &str, field: &str) -> bool {
        self.0.get(name).is_some_and(|required| required.contains(field))
    }
}

fn required_by(schema: &RefOr<Schema>) -> Option<BTreeSet<String>> {
    match schema {
        RefOr::T(Schema::Object(object)) => Some(object.required.iter().cloned().collect()),
        _ => None,
    }
}

/// What is wrong with `node` as a `T`, at most [`FAULTS_MAX`]; nothing where it is one.
pub(super) fn all_faults<T: DeserializeOwned>(node: &Node, required: &Required) -> Vec<FieldError> {
    let walk = Walk { required, heard: RefCell::default() };
    while walk.goes_on() {
        let place = Place::Root;
        match T::deserialize(Tracked { node, place: &place, walk: &walk }) {
            Ok(_) => break,
            Err(error) => walk.breaks_at(&place, &error),
        }
    }
    let mut faults = walk.heard.into_inner().faults;
    faults.truncate(FAULTS_MAX);
    faults
}

/// What was heard so far.
#[derive(Debug, Default)]
struct Heard {
    faults: Vec<FieldError>,
    /// The place of the last fault: which step was taken in the root, in what is there, and so on.
    after: Option<Vec<usize>>,
    /// The place at which the reading of now broke.
    broke_at: Option<Vec<usize>>,
    /// Objects that lack a field, or have one twice.
    lacking: Vec<Vec<usize>>,
}

struct Walk<'a> {
    required: &'a Required,
    heard: RefCell<Heard>,
}

impl Walk<'_> {
    /// Whether there is something left to read, from the place where the last reading broke.
    fn goes_on(&self) -> bool {
        let heard = &mut *self.heard.borrow_mut();
        if let Some(broke_at) = heard.broke_at.take() {
            heard.after = Some(broke_at);
        }
        heard.faults.len() < FAULTS_MAX && heard.after.as_ref().is_none_or(|after| !after.is_empty())
    }

    /// The reading broke at a place; of those that it passes on its way up, the first one counts.
    fn breaks_at(&self, place: &Place<'_>, error: &Error) {
        self.breaks(place, || field_error(&place.pointer(), &error.to_string()));
    }

    fn breaks(&self, place: &Place<'_>, fault: impl FnOnce() -> FieldError) {
        let heard = &mut *self.heard.borrow_mut();
        if heard.broke_at.is_some() {
            return;
        }
        let at = place.steps();
        let is_partly_read = heard.after.as_ref().is_some_and(|after| after.starts_with(&at));
        if !is_partly_read && !heard.lacking.contains(&at) {
            heard.faults.push(fault());
        }
        heard.broke_at = Some(at);
    }

    /// A fault for which the reading need not break.
    fn lacks(&self, object: &Place<'_>, field: &str, fault: Fault) {
        let heard = &mut *self.heard.borrow_mut();
        heard.faults.push(FieldError::new(format!("{}/{}", object.pointer(), escape(field)), fault));
        heard.lacking.push(object.steps());
    }

    /// The step of a container from which on it is read, and whether what is at this step was begun before.
    fn starts_at(&self, place: &Place<'_>) -> (usize, bool) {
        let heard = self.heard.borrow();
        let at = place.steps();
        match heard.after.as_deref().and_then(|after| after.strip_prefix(at.as_slice())) {
            None | Some([]) => (0, false),
            Some([last]) => (last + 1, false),
            Some([begun, ..]) => (*begun, true),
        }
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
enum Place<'p> {
    Root,
    Field { above: &'p Place<'p>, step: usize, name: &'p str },
    Item { above: &'p Place<'p>, index: usize },
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Field { above, name, .. } => format!("{}/{}", above.pointer(), escape(name)),
            Self::Item { above, index } => format!("{}/{index}", above.pointer()),
        }
    }

    fn steps(&self) -> Vec<usize> {
        let (above, step) = match self {
            Self::Root => return Vec::new(),
            Self::Field { above, step, .. } => (above, *step),
            Self::Item { above, index } => (above, *index),
        };
        let mut steps = above.steps();
        steps.push(step);
        steps
    }
}

/// A value that knows where it stands.
#[derive(Clone, Copy)]
struct Tracked<'p, 'de> {
    node: &'de Node,
    place: &'p Place<'p>,
    walk: &'p Walk<'p>,
}

impl<'de> Deserializer<'de> for Tracked<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node {
            Node::Object(fields) => visitor.visit_map(Fields::as_they_stand(self, fields)),
            Node::Array(items) => {
                let (next, _) = self.walk.starts_at(self.place);
                visitor.visit_seq(Items { of: self, nodes: items, next })
            }
            leaf => leaf.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.node {
            Node::Object(fields) => visitor.visit_map(Fields::in_order(self, fields, name, known)),
            other => other.deserialize_struct(name, known, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.node.deserialize_enum(name, words, visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.node.deserialize_bool(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.node.deserialize_i32(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.node.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.node.deserialize_u16(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.node.deserialize_u32(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.node.deserialize_u64(visitor)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        identifier ignored_any
    }
}

/// One step through an object.
#[derive(Debug, Clone, Copy)]
enum Step<'de> {
    /// A field with its value, and whether it is there again.
    Given { name: &'de str, value: &'de Node, again: bool },
    /// A field that has to be there.
    Lacking(&'static str),
    /// A field that may be left out.
    Left,
}

/// The fields of an object.
struct Fields<'p, 'de> {
    of: Tracked<'p, 'de>,
    steps: Vec<Step<'de>>,
    next: usize,
    /// Whether the next step was begun by an earlier reading.
    is_begun: bool,
}

impl<'p, 'de> Fields<'p, 'de> {
    fn of(of: Tracked<'p, 'de>, steps: Vec<Step<'de>>) -> Self {
        let (next, is_begun) = of.walk.starts_at(of.place);
        Self { of, steps, next, is_begun }
    }

    /// Of a type whose names are data.
    fn as_they_stand(of: Tracked<'p, 'de>, fields: &'de [(String, Node)]) -> Self {
        Self::of(of, fields.iter().map(|(name, value)| Step::Given { name, value, again: false }).collect())
    }

    /// Of a type with fields: they in their order, then what it does not know.
    fn in_order(
        of: Tracked<'p, 'de>,
        fields: &'de [(String, Node)],
        name: &str,
        known: &'static [&'static str],
    ) -> Self {
        let step = |field: &&'static str| {
            let mut given = fields.iter().filter(|(name, _)| name == field);
            match given.next() {
                Some((name, value)) => Step::Given { name, value, again: given.next().is_some() },
                None if of.walk.required.asks(name, field) => Step::Lacking(field),
                None => Step::Left,
            }
        };
        let unknown = fields.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        let unknown = unknown.map(|(name, value)| Step::Given { name, value, again: false });
        Self::of(of, known.iter().map(step).chain(unknown).collect())
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Tracked { place, walk, .. } = self.of;
        while let Some(step) = self.steps.get(self.next) {
            let is_new = !std::mem::take(&mut self.is_begun);
            match *step {
                Step::Given { name, again, .. } => {
                    if again && is_new {
                        walk.lacks(place, name, Fault::Duplicate);
                    }
                    let here = Place::Field { above: place, step: self.next, name };
                    let key = seed.deserialize(BorrowedStrDeserializer::new(name));
                    return key.map(Some).inspect_err(|error| walk.breaks_at(&here, error));
                }
                Step::Lacking(field) => walk.lacks(place, field, Fault::Required),
                Step::Left => {}
            }
            self.next += 1;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let Tracked { place: above, walk, .. } = self.of;
        let step = self.next;
        self.next += 1;
        let Some(Step::Given { name, value, .. }) = self.steps.get(step) else {
            return Err(serde::de::Error::custom("a value without its name"));
        };
        let place = Place::Field { above, step, name };
        let read = seed.deserialize(Tracked { node: value, place: &place, walk });
        read.inspect_err(|error| walk.breaks_at(&place, error))
    }
}

/// The entries of a list.
struct Items<'p, 'de> {
    of: Tracked<'p, 'de>,
    nodes: &'de [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Tracked { place: above, walk, .. } = self.of;
        let index = self.next;
        self.next += 1;
        let Some(node) = self.nodes.get(index) else { return Ok(None) };
        let place = Place::Item { above, index };
        let read = seed.deserialize(Tracked { node, place: &place, walk });
        read.map(Some).inspect_err(|error| walk.breaks_at(&place, error))
    }
}
