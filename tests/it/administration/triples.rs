//! Steps that are each allowed, and together must not be: every three of them over a small account, against the
//! reference and against what one operator may ever hold.

use keyward::administration::Account;

use super::{
    house::{at, operator_key, schema},
    pair::{allows, attempt, id_of},
    reference::{Act, Expiry, Given, House, Request, requests},
};

const OLIVIA: u64 = 1;
const FRANK: u64 = 3;

/// Who does what. Olivia and Adam are administrators who give Frank nothing; Frank does what he can. The number of a
/// new key is that of the step.
fn steps() -> Vec<(u64, Act)> {
    let given = |roles: &[&str]| Given { roles: roles.iter().map(|id| (*id).into()).collect(), ..Given::default() };
    let (adam, sue, frank, t, r) = (|| "adam".into(), || "sue".into(), || "frank".into(), || "t".into(), || "r".into());
    let permissions = |all: &[&str]| all.iter().map(|text| (*text).into()).collect();
    let mut steps = vec![
        (OLIVIA, Act::ChangeOperator { actor: adam(), given: given(&["admin"]) }),
        (OLIVIA, Act::ChangeOperator { actor: sue(), given: given(&["r"]) }),
        (OLIVIA, Act::ChangeToken { actor: t(), given: given(&["r"]), expires: Expiry::Unchanged }),
        (OLIVIA, Act::CreateRole { id: r(), permissions: permissions(&["products:*"]) }),
        (OLIVIA, Act::AlterRole { id: r(), permissions: permissions(&["places:*"]) }),
        (OLIVIA, Act::DeleteRole { id: r() }),
        (OLIVIA, Act::Regenerate { actor: "olivia".into(), key: 0, grace: 5 }),
        (OLIVIA, Act::Remove { actor: adam() }),
        (FRANK, Act::Regenerate { actor: frank(), key: 0, grace: 5 }),
        (FRANK, Act::Invite { actor: "eve".into(), given: given(&["m"]), key: 0 }),
        (FRANK, Act::Invite { actor: "eve".into(), given: given(&["admin"]), key: 0 }),
        (FRANK, Act::Token { actor: "u".into(), given: given(&["r"]), key: 0, expires: Some(3) }),
        (FRANK, Act::Token { actor: t(), given: given(&["m"]), key: 0, expires: None }),
        (FRANK, Act::ChangeToken { actor: t(), given: given(&[]), expires: Expiry::Never }),
        (FRANK, Act::RotateToken { actor: t(), key: 0, grace: 0 }),
        (FRANK, Act::Revoke { actor: t() }),
        (FRANK, Act::ChangeOperator { actor: frank(), given: given(&["m", "r"]) }),
        (FRANK, Act::CreateRole { id: "mine".into(), permissions: permissions(&["products:*"]) }),
    ];
    for actor in ["adam", "sue", "olivia"] {
        steps.push((FRANK, Act::ChangeOperator { actor: actor.into(), given: given(&[]) }));
        steps.push((FRANK, Act::Regenerate { actor: actor.into(), key: 0, grace: 0 }));
        steps.push((FRANK, Act::Remove { actor: actor.into() }));
    }
    steps
}

#[derive(Clone)]
struct World {
    account: Account,
    house: House,
    /// The keys whose secrets Frank has seen.
    franks: Vec<u64>,
    now: u64,
}

impl World {
    /// Olivia (1) and Adam (2), administrators; Frank (3), who may do all to actors; Sue (4) and `t` (5) with `r`.
    fn founded() -> Self {
        let founded = Account::create(&schema(), "a1", "olivia", &operator_key(OLIVIA), at(0)).into_result().unwrap();
        let (account, house) = (founded.account().clone(), House::founded("olivia"));
        let mut world = Self { account, house, franks: vec![FRANK], now: 0 };
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let given = |roles: &[&str]| Given { roles: texts(roles), ..Given::default() };
        let manages = ["operatorAccess:create,update,delete", "accessTokens:create,update,delete"];
        for act in [
            Act::CreateRole { id: "m".into(), permissions: texts(&manages) },
            Act::CreateRole { id: "r".into(), permissions: texts(&["products:read"]) },
            Act::Invite { actor: "adam".into(), given: given(&["admin"]), key: 2 },
            Act::Invite { actor: "frank".into(), given: given(&["m"]), key: FRANK },
            Act::Invite { actor: "sue".into(), given: given(&["r"]), key: 4 },
            Act::Token { actor: "t".into(), given: given(&["r"]), key: 5, expires: None },
        ] {
            assert!(world.step(OLIVIA, &act), "{act:?}");
        }
        world.franks = vec![FRANK];
        world
    }

    /// Whether it was done, by the crate as by the reference.
    fn step(&mut self, by: u64, act: &Act) -> bool {
        let record = self.account.record(id_of(by)).cloned();
        let Some(record) = record else { return false };
        let attempt = attempt(&self.account.acting(&record, at(self.now)), act);
        match (attempt.into_result(), self.house.act(by, self.now, act)) {
            (Ok(change), Ok(next)) => {
                self.account = change.account().clone();
                self.house = next;
                if let Act::Invite { key, .. }
                | Act::Token { key, .. }
                | Act::Regenerate { key, .. }
                | Act::RotateToken { key, .. } = act
                    && self.franks.contains(&by)
                {
                    self.franks.push(*key);
                }
                true
            }
            (Err(refused), Err(wanted)) => {
                assert_eq!(refused.code(), wanted, "{by}: {act:?}: {refused}");
                false
            }
            (found, wanted) => panic!("{by}: {act:?}: {:?} {:?}", found.err(), wanted.err()),
        }
    }

    /// What Frank can do with all keys that he has, at whatever time.
    fn allowed_to_frank(&self) -> Vec<&'static Request> {
        let in_use = |number: &&u64| self.house.keys.get(number).is_some_and(|key| key.works(0));
        let records = self.franks.iter().filter(in_use).filter_map(|number| self.account.record(id_of(*number)));
        let accesses: Vec<_> = records.map(|record| self.account.access(record).unwrap()).collect();
        requests().iter().filter(|request| accesses.iter().any(|access| allows(access, request))).collect()
    }
}

#[test]
fn no_three_steps_give_anyone_more() {
    let world = World::founded();
    let first: Vec<_> = world.allowed_to_frank().into_iter().map(|request| format!("{request:?}")).collect();
    assert!(!first.is_empty());
    let (mut done, mut tried) = (0_u32, 0_u32);
    let mut trails = vec![(world, Vec::new())];
    for depth in 0..3_u64 {
        let mut next = Vec::new();
        for (world, trail) in &trails {
            for (index, (by, act)) in steps().into_iter().enumerate() {
                let mut act = act.clone();
                if let Act::Invite { key, .. }
                | Act::Token { key, .. }
                | Act::Regenerate { key, .. }
                | Act::RotateToken { key, .. } = &mut act
                {
                    *key = 100 + depth;
                }
                // By the first key, and by whatever replaced it.
                let actor = if by == OLIVIA { "olivia" } else { "frank" };
                let mut by_keys = vec![by];
                by_keys.extend(world.house.present(actor).filter(|present| *present != by));
                for by in by_keys {
                    let mut after = World { now: depth, ..world.clone() };
                    tried += 1;
                    if !after.step(by, &act) {
                        continue;
                    }
                    done += 1;
                    let mut trail: Vec<usize> = trail.clone();
                    trail.push(index);
                    let named = || trail.iter().map(|index| format!("{:?}", steps()[*index])).collect::<Vec<_>>();
                    assert!(after.account.administrators() > 0, "{:?}", named());
                    let more =
                        after.allowed_to_frank().into_iter().find(|request| !first.contains(&format!("{request:?}")));
                    assert!(more.is_none(), "{:?}: {more:?}", named());
                    next.push((after, trail));
                }
            }
        }
        trails = next;
    }
    assert!(done > 500 && tried > done, "{done} of {tried}");
}
