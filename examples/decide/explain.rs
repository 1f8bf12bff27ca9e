//! Each step of a decision, with what it looked at.
//!
//! The decision is the crate's, made once. What stands before the step that denied was passed, and what stands after it was
//! not asked: so the steps can't disagree with the answer.

use keyward::{
    Access, Assignment, AssignmentRef, Attributes, Condition, Denial, Operation, ResourceView, Roles, Value,
    decision::UpdateSide,
    document::{ActorKind, Directory},
    json::Json,
    schema::{Match, Source},
};

use crate::{answer::Asked, request::Request};

/// A step's name, and what it looked at.
pub(crate) type Step = (&'static str, String);

/// The steps to the answer; none where the request could not be answered.
pub(crate) fn steps(directory: &Directory, request: &Request) -> Vec<Step> {
    match request {
        Request::Decide(question) => {
            Asked::of(directory, question).map(|asked| decided(directory, &asked)).unwrap_or_default()
        }
        Request::Within { access, of } => {
            let actors = [access, of].into_iter().filter_map(|id| directory.actor(id).ok().map(|actor| (id, actor)));
            let allowed = actors.map(|(id, actor)| {
                let types: Vec<String> = actor.access.summary().types().iter().map(ToString::to_string).collect();
                ("access", format!("`{id}`: {}", if types.is_empty() { "nothing".into() } else { types.join("; ") }))
            });
            allowed.collect()
        }
    }
}

fn decided(directory: &Directory, asked: &Asked<'_>) -> Vec<Step> {
    let (decision, access) = (asked.decide(), &asked.actor.access);
    let denial = decision.as_ref().err();
    let mut steps = Vec::new();
    if let Some(Denial::OtherAccount) = denial {
        steps.push(("account", format!("`{}` is not `{}`, the actor's own", asked.account, access.account())));
        return steps;
    }
    steps.push(("account", format!("`{}` is the actor's own", asked.account)));
    steps.push(("permission", permission(directory, asked)));
    if let Some(Denial::PermissionMissing { .. }) = denial {
        return steps;
    }
    let assignments: Vec<AssignmentRef<'_>> = access.assignments().collect();
    if let [only] = assignments[..] {
        conditions(&mut steps, asked, only, denial, &sides(asked));
        return steps;
    }
    let roles = roles_of(directory, asked);
    for (number, assignment) in (1..).zip(assignments) {
        let name = match assignment.roles().len() {
            0 => format!("{number}, without roles"),
            _ => format!("{number}, of {}", quoted(assignment.roles())),
        };
        let Some(alone) = roles.and_then(|roles| alone(roles, asked, assignment)) else { continue };
        if !alone.permits(asked.operation, asked.resource) {
            steps.push(("assignment", format!("{name}: doesn't grant it")));
            continue;
        }
        steps.push(("assignment", format!("{name}: grants it")));
        if asked.is_for_rows {
            let alone = alone.in_context(asked.context);
            let filter = alone.try_filter_of(asked.operation, asked.kind, asked.account);
            conditions(&mut steps, asked, assignment, filter.as_ref().err(), &[]);
            continue;
        }
        // Each side may be allowed by another assignment, and so each is asked alone.
        for (side, view) in sides(asked) {
            let alone = alone.in_context(asked.context);
            let decision = match asked.operation {
                Operation::UPDATE => alone.decide_update(view, view),
                operation => alone.decide(operation, view),
            };
            conditions(&mut steps, asked, assignment, decision.denial(), &[(side, view)]);
        }
    }
    steps
}

/// The access of one assignment.
fn alone(roles: &Roles, asked: &Asked<'_>, assignment: AssignmentRef<'_>) -> Option<Access> {
    let conditions = assignment.conditions().flat_map(|(name, accepted)| {
        let values = accepted.iter().map(move |value| Condition::new(name, value));
        let except = (accepted.except().len() > 0).then(|| Condition::except(name, accepted.except()));
        values.chain(except).flatten()
    });
    let grant = Assignment::new().with_roles(assignment.roles()).with_conditions(conditions);
    let builder = Access::builder(roles).grant(grant.into());
    let builder = if asked.actor.kind == ActorKind::AccessToken { builder.for_access_token() } else { builder };
    builder.build().ok()
}

/// The conditions of one assignment, as far as the first that isn't met.
fn conditions(
    steps: &mut Vec<Step>,
    asked: &Asked<'_>,
    assignment: AssignmentRef<'_>,
    denial: Option<&Denial<'_>>,
    sides: &[Side<'_, '_>],
) {
    if assignment.conditions().len() == 0 {
        steps.push(("condition", "none is given: any resource of the account".into()));
    }
    for (name, accepted) in assignment.conditions() {
        let Some(binding) = asked.actor.access.schema().binding(name, asked.resource) else {
            let is_unbound = matches!(denial, Some(Denial::ConditionUnbound { condition, .. }) if *condition == name);
            let says = if is_unbound { "is not bound to" } else { "says nothing of" };
            steps.push(("condition", format!("`{name}` {says} `{}`", asked.kind)));
            if is_unbound {
                return;
            }
            continue;
        };
        let every = if binding.matching() == Match::All { "every one of " } else { "" };
        let attribute = binding.attribute();
        // What is named, or "anything but".
        let [are, one_of] = if accepted.iter().len() == 0 { ["accepted is", ""] } else { ["accepted are", "one of "] };
        let of_context = [(None, asked.context as &dyn Attributes)];
        let of_resource: Vec<_> = sides.iter().map(|(side, view)| (*side, *view as &dyn Attributes)).collect();
        let (of, read) = match binding.source() {
            Source::Context => (" of the context", &of_context[..]),
            Source::Resource => ("", &of_resource[..]),
        };
        if asked.is_for_rows && binding.source() == Source::Resource {
            steps.push(("condition", format!("`{name}`: rows pass where {every}`{attribute}` is {one_of}{accepted}")));
            continue;
        }
        for (side, attributes) in read {
            let is_unmet = matches!(denial, Some(Denial::ConditionUnmet { condition, side: at, .. })
                if *condition == name && (read.len() == 1 || at == side));
            let side = side.map(|side| format!("{side} ")).unwrap_or_default();
            let found = match attribute.read(*attributes) {
                Value::Absent => "absent".into(),
                found => found.to_string(),
            };
            let met = if is_unmet { "not met" } else { "met" };
            let text = format!("`{name}`: {side}{every}`{attribute}`{of} is {found}, {are} {accepted}: {met}");
            steps.push(("condition", text));
            if is_unmet {
                return;
            }
        }
    }
}

type Side<'a, 'b> = (Option<UpdateSide>, &'b ResourceView<'a, Json>);

/// What conditions are asked of, in the order in which they are.
fn sides<'a, 'b>(asked: &'b Asked<'a>) -> Vec<Side<'a, 'b>> {
    match asked.operation {
        Operation::CREATE => vec![(None, &asked.proposed)],
        Operation::UPDATE => {
            vec![(Some(UpdateSide::Stored), &asked.stored), (Some(UpdateSide::Proposed), &asked.proposed)]
        }
        _ => vec![(None, &asked.stored)],
    }
}

/// Which of the actor's roles grant it: each is asked alone.
fn permission(directory: &Directory, asked: &Asked<'_>) -> String {
    let (access, wanted) = (&asked.actor.access, format!("`{}:{}`", asked.kind, asked.operation_name()));
    let roles = roles_of(directory, asked);
    let mut all: Vec<&str> = Vec::new();
    for role in access.assignments().flat_map(|assignment| assignment.roles()) {
        if !all.contains(&role) {
            all.push(role);
        }
    }
    let is_token = asked.actor.kind == ActorKind::AccessToken;
    let grants = |id: &str, as_token: bool| {
        let alone = roles.map(|roles| Access::builder(roles).role(id));
        let alone = alone.map(|alone| if as_token { alone.for_access_token() } else { alone });
        alone.and_then(|alone| alone.build().ok()).is_some_and(|alone| alone.permits(asked.operation, asked.resource))
    };
    let granting: Vec<&str> = all.iter().copied().filter(|id| grants(id, is_token)).collect();
    if !granting.is_empty() {
        return format!("{wanted} is granted by {}", quoted(granting));
    }
    match all.len() {
        0 => format!("{wanted} is not granted: the actor has no role"),
        _ if is_token && all.iter().any(|id| grants(id, false)) => {
            format!("{wanted} is not granted: an access token administers nothing, whatever its roles")
        }
        _ => format!("{wanted} is granted by none of {}", quoted(all)),
    }
}

fn roles_of<'a>(directory: &'a Directory, asked: &Asked<'_>) -> Option<&'a Roles> {
    let account = asked.actor.access.account();
    directory.accounts().map(|(_, roles)| roles).find(|roles| roles.account() == account)
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
