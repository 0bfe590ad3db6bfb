//! From the text of a Compose file to one tree: types, variables, `extends`, resets, and documents
//! laid over each other (compose-go's package `loader`).

mod cast;
mod take;

use std::collections::{HashMap, HashSet};

use self::cast::cast;
use self::take::Taking;

use super::canonical::{self, Complaints};
use super::interpolate::{Refusal, substitute};
use super::neighbours::Environment;
use super::rules::{
    BAD_VALUE, BAD_VARIABLE, NO_MODEL, OPENED_PORT, OTHER_FILE, OVERSIZED, UNDEFINED,
    UNSET_VARIABLE, WRONG_TYPE,
};
use super::tree::{Path, entries_mut, get_mut, remove};
use super::{merge, one, port, schema, traps};
use crate::document::{Aside, Complaint, Data, Document, Entry, Input, Node, Part, Place};
use crate::format::dir_name;
use crate::format::yaml::{self, Schema, Tree};

/// How many services may extend each other in a chain.
const MAX_CHAIN: usize = 64;

/// How many services a document may have.
const MAX_SERVICES: usize = 4_096;

/// How many values `extends` and env files may copy.
const MAX_COPIED: usize = 1_000_000;

/// How long all texts with variables may become together, in bytes.
const MAX_SUBSTITUTED: usize = 64 << 20;

/// Paths of keys that a document resets or overrides.
type Resets = Vec<Vec<Box<str>>>;

/// What is known while a file is read.
pub(super) struct Loader<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) document: Document,
    pub(super) environment: Environment,
    /// Ports whose address is missing because these variables have no value.
    openings: HashMap<Place, Vec<String>>,
    copied: usize,
    substituted: usize,
    /// Services of other files that were read for `extends`.
    others: HashMap<String, Node>,
    /// The settings that are commented out in the file that was asked for.
    pub(super) commented_out: Vec<Aside>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(input: &'a Input<'a>, document: Document, environment: Environment) -> Self {
        Self {
            input,
            document,
            environment,
            openings: HashMap::new(),
            copied: 0,
            substituted: 0,
            others: HashMap::new(),
            commented_out: Vec::new(),
        }
    }

    /// Reads the file that was asked for.
    pub(super) fn load(&mut self, text: &str) -> Result<Node, Complaints> {
        let mut model = super::tree::map(Place::new(0, text.len()));
        let roots = yaml::parse(text, Schema::Compose).map_err(one)?;
        // Their paths are those of the file as it is written, with its short syntaxes.
        if let Some(root) = roots.first()
            && let Ok(root) = yaml::node(&root.tree, Schema::Compose)
        {
            self.commented_out = yaml::asides(text, &root);
        }
        for root in roots {
            forget_empty_lists(&mut model, &Path::ROOT);
            let (mut tree, resets) = self.document_tree(&root.tree, 0)?;
            self.extend_all(&mut tree, &resets)?;
            if let Some(include) = tree.entry("include")
                && !include.node.items().is_empty()
            {
                let message = "`include` is not followed, so that the model is not known";
                let complaint = Complaint::new(&OTHER_FILE, include.place, message);
                return Err(vec![complaint]);
            }
            for path in &resets {
                merge::reset(&mut model, path);
            }
            model = merge::merge(model, tree, &Path::ROOT).map_err(one)?;
            merge::unify(&mut model, &Path::ROOT).map_err(one)?;
            let complaints = schema::check(&model);
            if !complaints.is_empty() {
                return Err(complaints);
            }
            remove(&mut model, "version");
            for entry in model.get("services").map_or(&[][..], Node::entries) {
                self.document
                    .complaints
                    .extend(traps::of_mounts(&entry.node));
            }
            let mut complaints = Vec::new();
            canonical::expand(&mut model, &mut complaints);
            if !complaints.is_empty() {
                return Err(complaints);
            }
            merge::unify(&mut model, &Path::ROOT).map_err(one)?;
        }
        self.tell_openings(&model);
        Ok(model)
    }

    /// One document with its types, variables replaced.
    fn document_tree(&mut self, tree: &Tree, file: u32) -> Result<(Node, Resets), Complaints> {
        let mut taking = Taking::new(file);
        let node = taking.node(tree);
        if !taking.complaints.is_empty() {
            return Err(taking.complaints);
        }
        let mut node = match node {
            Some(node) if matches!(node.data, Data::Map(_)) => node,
            _ => {
                let place = Place::in_file(file, tree.span);
                let message = "Top-level object must be a mapping";
                return Err(vec![Complaint::new(&NO_MODEL, place, message)]);
            }
        };
        let mut complaints = Vec::new();
        self.interpolate(&mut node, &Path::ROOT, &mut complaints);
        if complaints.is_empty() {
            Ok((node, taking.resets))
        } else {
            Err(complaints)
        }
    }

    fn interpolate(&mut self, node: &mut Node, path: &Path<'_>, refusals: &mut Complaints) {
        match &mut node.data {
            Data::Map(entries) => {
                for entry in entries {
                    self.interpolate(&mut entry.node, &path.key(&entry.name), refusals);
                }
            }
            Data::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.interpolate(item, &path.index(index), refusals);
                }
            }
            Data::Text(_) => {
                self.interpolate_text(node, path, refusals);
                if let Err(error) = cast(node, path) {
                    let message = format!(
                        "error while interpolating {path}: failed to cast to expected type: {error}"
                    );
                    refusals.push(Complaint::new(&BAD_VALUE, node.place, message));
                }
            }
            _ => {}
        }
    }

    fn interpolate_text(&mut self, node: &mut Node, path: &Path<'_>, refusals: &mut Complaints) {
        let Data::Text(template) = &node.data else {
            return;
        };
        if !template.contains('$') {
            return;
        }
        let environment = &self.environment;
        let place = node.place;
        let found = match substitute(template, &|name| environment.value(name)) {
            Ok(found) => found,
            Err(refusal) => {
                refusals.push(refused(&refusal, path, place));
                return;
            }
        };
        self.substituted = self.substituted.saturating_add(found.text.len());
        if self.substituted > MAX_SUBSTITUTED {
            node.data = Data::Null;
            if refusals.iter().all(|refusal| refusal.rule != &OVERSIZED) {
                let message = "the texts with variables become too long";
                refusals.push(Complaint::new(&OVERSIZED, place, message));
            }
            return;
        }
        let is_port = path.matches("services.*.ports.*");
        if is_port || path.matches("services.*.ports.*.host_ip") {
            let mut names: Vec<String> = found.unset.iter().chain(&found.blank).cloned().collect();
            names.dedup();
            if !names.is_empty() && (!is_port || self.has_address(template)) {
                self.openings.insert(place, names);
            }
        }
        let mut names = found.unset;
        names.sort_unstable();
        names.dedup();
        for name in names {
            let message = format!(
                "the variable `{name}` is not set; Compose warns and puts nothing in its place"
            );
            let complaint = Complaint::new(&UNSET_VARIABLE, place, message).help(format!(
                "set it in `.env`, or write `${{{name}:-default}}` or `${{{name}:?why}}`"
            ));
            self.document.complaints.push(complaint);
        }
        node.data = Data::Text(found.text.into());
    }

    /// Whether a port would have an address if the variables without a value had one.
    fn has_address(&self, template: &str) -> bool {
        let environment = &self.environment;
        let value = |name: &str| {
            let value = environment.value(name).filter(|value| !value.is_empty());
            Some(value.unwrap_or_else(|| "127.0.0.1".to_owned()))
        };
        substitute(template, &value)
            .ok()
            .and_then(|found| port::parse(&found.text).ok())
            .is_some_and(|ports| ports.iter().all(|port| !port.host_ip.is_empty()))
    }

    /// Says which ports are open to all because of a variable.
    fn tell_openings(&mut self, model: &Node) {
        if self.openings.is_empty() {
            return;
        }
        let mut opened = HashSet::new();
        for entry in model.get("services").map_or(&[][..], Node::entries) {
            for port in entry.node.get("ports").map_or(&[][..], Node::items) {
                let host = port.get("host_ip");
                if host.is_some_and(|host| host.as_text() != Some("")) {
                    continue;
                }
                let place = host.map_or(port.place, |host| host.place);
                let Some(names) = self.openings.remove(&place) else {
                    continue;
                };
                opened.insert(place);
                let (names, have) = match names.as_slice() {
                    [name] => (format!("`{name}`"), "has"),
                    names => (format!("`{}`", names.join("`, `")), "have"),
                };
                let message = format!(
                    "{names} {have} no value, so that Docker publishes this port on all interfaces"
                );
                let complaint = Complaint::new(&OPENED_PORT, place, message)
                    .help("write the address, or give the variable a default: `:-127.0.0.1`");
                self.document.complaints.push(complaint);
            }
        }
        // What these say is said already, and louder.
        self.document.complaints.retain(|complaint| {
            complaint.rule != &UNSET_VARIABLE
                || complaint.place.is_none_or(|place| !opened.contains(&place))
        });
    }

    fn extend_all(&mut self, tree: &mut Node, resets: &Resets) -> Result<(), Complaints> {
        let Some(services) = get_mut(tree, "services") else {
            return Ok(());
        };
        if !matches!(services.data, Data::Map(_)) {
            let complaint =
                Complaint::new(&WRONG_TYPE, services.place, "services must be a mapping");
            return Err(vec![complaint]);
        }
        if services.entries().len() > MAX_SERVICES {
            let message = format!("more than {MAX_SERVICES} services");
            return Err(vec![Complaint::new(&OVERSIZED, services.place, message)]);
        }
        let is_needed = |entry: &&Entry| entry.node.get("extends").is_some();
        let names = services.entries().iter().filter(is_needed);
        let names: Vec<Box<str>> = names.map(|entry| entry.name.clone()).collect();
        for name in names {
            self.extend(services, &name, resets, &mut Vec::new(), "")
                .map_err(one)?;
        }
        Ok(())
    }

    /// Lays a service over the one that it extends.
    fn extend(
        &mut self,
        services: &mut Node,
        name: &str,
        resets: &Resets,
        chain: &mut Vec<(String, String)>,
        file: &str,
    ) -> Result<(), Box<Complaint>> {
        let Some(service) = services.get(name) else {
            return Ok(());
        };
        let Some(extends) = service.entry("extends") else {
            return Ok(());
        };
        let (place, extends) = (extends.place, extends.node.clone());
        let text = |key| extends.get(key).and_then(Node::as_text).map(str::to_owned);
        let Some(wanted) = extends
            .as_text()
            .map(str::to_owned)
            .or_else(|| text("service"))
        else {
            // The schema says what is wrong.
            return Ok(());
        };
        let link = (file.to_owned(), name.to_owned());
        let is_circle = chain.contains(&link);
        chain.push(link);
        if is_circle {
            let names: Vec<&str> = chain.iter().map(|(_, name)| &**name).collect();
            let message = format!("Circular reference: {}", names.join(" extends "));
            return Err(Box::new(Complaint::new(&UNDEFINED, place, message)));
        }
        if chain.len() > MAX_CHAIN {
            let message = format!("more than {MAX_CHAIN} services extend each other");
            return Err(Box::new(Complaint::new(&OVERSIZED, place, message)));
        }
        let undefined = || {
            let message =
                format!("cannot extend service \"{name}\": service \"{wanted}\" not found");
            Box::new(Complaint::new(&UNDEFINED, extends.place, message))
        };
        let mut base = if let Some(other) = text("file") {
            let mut others = self.other_file(&other, file, extends.place)?;
            others.get(&wanted).ok_or_else(undefined)?;
            let file = join(dir_name(file), &other);
            self.extend(&mut others, &wanted, &Vec::new(), chain, &file)?;
            let mut base = others.get(&wanted).cloned().ok_or_else(undefined)?;
            rebase(&mut base, dir_name(&other));
            base
        } else {
            services.get(&wanted).ok_or_else(undefined)?;
            self.extend(services, &wanted, resets, chain, file)?;
            services.get(&wanted).cloned().ok_or_else(undefined)?
        };
        chain.pop();
        self.copy(count(&base), place)?;
        if base.data == Data::Null {
            return Ok(());
        }
        for path in resets {
            if let [first, second, rest @ ..] = path.as_slice()
                && &**first == "services"
                && &**second == name
            {
                merge::reset(&mut base, rest);
            }
        }
        if let Some(service) = get_mut(services, name) {
            let over = std::mem::replace(service, super::tree::map(place));
            let path = Path::ROOT.key("services");
            *service = merge::merge(base, over, &path.key("x"))?;
            remove(service, "extends");
        }
        Ok(())
    }

    /// Counts values that are copied from one place to another.
    pub(super) fn copy(&mut self, count: usize, place: Place) -> Result<(), Box<Complaint>> {
        self.copied = self.copied.saturating_add(count);
        if self.copied > MAX_COPIED {
            let message = format!("`extends` and env files copy more than {MAX_COPIED} values");
            return Err(Box::new(Complaint::new(&OVERSIZED, place, message)));
        }
        Ok(())
    }

    /// The services of another file, in their long syntax.
    fn other_file(&mut self, name: &str, from: &str, place: Place) -> Result<Node, Box<Complaint>> {
        let fail = |message: String| Box::new(Complaint::new(&OTHER_FILE, place, message));
        let path = join(dir_name(self.input.path), &join(dir_name(from), name));
        if let Some(services) = self.others.get(&path) {
            return Ok(services.clone());
        }
        let bytes = match self.input.target.read(&path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(fail(format!("open {path}: no such file or directory"))),
            Err(why) => return Err(fail(format!("`{path}` cannot be read: {why}"))),
        };
        let file = u32::try_from(self.document.files.len()).unwrap_or(u32::MAX);
        let part = Part::new(path.as_str(), std::sync::Arc::clone(&bytes));
        self.document.files.push(part);
        let elsewhere = |complaint: Complaint| {
            let mut outer = *fail(format!("`{path}`: {}", complaint.message));
            if let Some(inner) = complaint.place {
                outer = outer.also(Place::in_file(file, inner.span), "here");
            }
            Box::new(outer)
        };
        let text = yaml::text(&bytes).map_err(|complaint| elsewhere(*complaint))?;
        let roots = yaml::parse(text, Schema::Compose).map_err(|error| elsewhere(*error))?;
        let mut model = super::tree::map(Place::in_file(file, crate::source::Span::new(0, 0)));
        for root in roots {
            let first = |complaints: Complaints| {
                let first = complaints.into_iter().next();
                elsewhere(first.unwrap_or_else(|| Complaint::of_file(&OTHER_FILE, "is refused")))
            };
            let (tree, resets) = self.document_tree(&root.tree, file).map_err(first)?;
            for path in &resets {
                merge::reset(&mut model, path);
            }
            model = merge::merge(model, tree, &Path::ROOT)?;
            merge::unify(&mut model, &Path::ROOT)?;
            let complaints = schema::check(&model);
            if !complaints.is_empty() {
                return Err(first(complaints));
            }
            let mut complaints = Vec::new();
            canonical::expand(&mut model, &mut complaints);
            if !complaints.is_empty() {
                return Err(first(complaints));
            }
        }
        let services = remove(&mut model, "services").map(|entry| entry.node);
        let services = services.ok_or_else(|| fail(format!("`{path}` has no services section")))?;
        self.others.insert(path, services.clone());
        Ok(services)
    }
}

/// Makes empty lists to nothing: so Compose passes them on to the next document, and may then refuse
/// them. Lists whose elements replace each other are made anew, and stay.
fn forget_empty_lists(node: &mut Node, path: &Path<'_>) {
    match &mut node.data {
        Data::List(items) if items.is_empty() && !merge::is_unique(path) => node.data = Data::Null,
        Data::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                forget_empty_lists(item, &path.index(index));
            }
        }
        Data::Map(entries) => {
            for entry in entries {
                forget_empty_lists(&mut entry.node, &path.key(&entry.name));
            }
        }
        _ => {}
    }
}

/// A path as seen from a folder.
pub(super) fn join(dir: &str, path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    if dir.is_empty() || path.starts_with('/') {
        path.to_owned()
    } else {
        super::volume::clean(&format!("{dir}/{path}"))
    }
}

/// Paths in a service of another folder as seen from ours.
fn rebase(service: &mut Node, dir: &str) {
    if dir.is_empty() {
        return;
    }
    let change = |node: &mut Node, key: &str| {
        if let Some(node) = get_mut(node, key)
            && let Data::Text(path) = &mut node.data
            && !path.starts_with(['/', '~'])
        {
            *path = join(dir, path).into();
        }
    };
    if let Some(build) = get_mut(service, "build") {
        change(build, "context");
    }
    for file in get_mut(service, "env_file").map_or(&mut [][..], super::tree::items_mut) {
        change(file, "path");
    }
    for mount in get_mut(service, "volumes").map_or(&mut [][..], super::tree::items_mut) {
        if mount.get("type").and_then(Node::as_text) == Some("bind") {
            change(mount, "source");
        }
    }
}

fn count(node: &Node) -> usize {
    1 + node.items().iter().map(count).sum::<usize>()
        + node
            .entries()
            .iter()
            .map(|entry| count(&entry.node))
            .sum::<usize>()
}

fn refused(refusal: &Refusal, path: &Path<'_>, place: Place) -> Complaint {
    match refusal {
        Refusal::Invalid(template) => {
            // A value that is wholly a secret has no `${`; the template is what Compose quotes.
            let message = format!("invalid interpolation format for {path}: {template}");
            Complaint::new(&BAD_VARIABLE, place, message)
                .help("write a literal `$` as `$$`; the forms are `${A}`, `${A:-x}`, `${A:?x}`, …")
        }
        Refusal::Missing(message) => {
            let message = format!("error while interpolating {path}: {message}");
            Complaint::new(&BAD_VARIABLE, place, message)
        }
        Refusal::TooLarge => {
            let message = format!("the defaults in {path} are nested too deep or too long");
            Complaint::new(&OVERSIZED, place, message)
        }
    }
}

/// The entries of the services, for changing them.
pub(super) fn services_mut(root: &mut Node) -> &mut [Entry] {
    get_mut(root, "services").map_or(&mut [][..], entries_mut)
}
