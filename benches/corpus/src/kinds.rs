//! The kinds of secrets that are planted, as rows. Forms are those that their issuers document or
//! show; where a kind has no form of its own, the name it is given to makes it a secret.

mod commerce;
mod documented;
mod named;
mod operators;

use crate::contexts::{Context, PLACED};
use crate::{Class, Numbers, form};

/// How a value is made.
#[derive(Clone, Copy)]
pub(crate) enum Make {
    /// From a form with random places.
    Form(&'static str),
    /// With a checksum or a structure.
    Made(fn(&mut Numbers) -> String),
}

/// Where a kind is planted.
#[derive(Clone, Copy)]
pub(crate) enum Places {
    /// Wherever a text can stand: it is known by its form.
    Everywhere,
    /// After its name.
    Keyed,
    /// Where several lines can stand.
    Blocks,
    /// In a file or a command of its own: the contexts whose name begins so.
    Own(&'static str),
}

/// A kind of secret.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) make: Make,
    /// The names that its issuer or its users give it, with blanks between.
    pub(crate) keys: &'static str,
    pub(crate) places: Places,
    /// What always stands around it: a URL.
    pub(crate) around: &'static str,
}

impl Kind {
    const fn new(name: &'static str, class: Class, make: Make, keys: &'static str) -> Self {
        Self {
            name,
            class,
            make,
            keys,
            places: Places::Everywhere,
            around: "§V",
        }
    }

    const fn places(mut self, places: Places) -> Self {
        self.places = places;
        self
    }

    const fn around(mut self, around: &'static str) -> Self {
        self.around = around;
        self.places = Places::Keyed;
        self
    }

    /// A value of this kind.
    pub(crate) fn value(&self, numbers: &mut Numbers) -> String {
        match self.make {
            Make::Form(form) => form::text(form, numbers),
            Make::Made(make) => make(numbers),
        }
    }

    /// The contexts of its own, if it has any.
    pub(crate) fn own_contexts(&self) -> Vec<&'static Context> {
        match self.places {
            Places::Own(head) => PLACED
                .iter()
                .filter(|context| context.name.starts_with(head))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// All kinds.
pub(crate) fn all() -> impl Iterator<Item = &'static Kind> {
    operators::KINDS
        .iter()
        .chain(documented::KINDS)
        .chain(commerce::KINDS)
        .chain(named::KINDS)
}
