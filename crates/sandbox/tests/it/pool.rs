//! A zygote, its opener, and what their children are.

use crate::{
    place::{DROPPED, Way, ways},
    session::{Order, Ran, Session},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    os::fd::{AsFd, OwnedFd},
};

/// Both processes.
pub(crate) struct Pool {
    zygote: Session,
    opener: Session,
}

impl Pool {
    pub(crate) fn new(way: &Way) -> Self {
        let order = Order::new(way);
        let plan = order.plan();
        let mut zygote = Session::start_program(&order, "_zygote.py");
        zygote.send(
            &json!({"type": "zygote", "protocol": 1, "plan": plan, "site": [], "preload": ["random", "ctypes"]}),
            b"",
        );
        assert_eq!(said(&mut zygote)["type"], "warm");
        let ids = (!way.ordinary).then_some(DROPPED);
        let mut opener = Session::start_program(&order, "_opener.py");
        opener.send(&json!({"type": "opener", "library": plan["library"], "uid": ids, "gid": ids}), b"");
        assert_eq!(said(&mut opener)["type"], "opened");
        Self { zygote, opener }
    }

    /// From the first frame to the end, in a child of its own.
    pub(crate) fn run(&mut self, order: &Order, code: &str) -> Ran {
        let child = Session::parked(&mut self.zygote, order);
        self.run_in(child, order, code)
    }

    fn run_in(&mut self, mut child: Session, order: &Order, code: &str) -> Ran {
        let mounts: Vec<OwnedFd> = order.mounts.iter().map(|mount| self.open(mount)).collect();
        let mounts: Vec<_> = mounts.iter().map(AsFd::as_fd).collect();
        let mut plan = order.plan();
        (plan["uid"], plan["gid"], plan["mounts"]) = (Value::Null, Value::Null, json!(order.mounts));
        child.prepare_with(&plan, &mounts);
        child.release(code.as_bytes());
        child.finish()
    }

    fn open(&mut self, mount: &Value) -> OwnedFd {
        self.opener.send(&json!({"type": "open", "mount": mount}), b"");
        let said = said(&mut self.opener);
        self.opener.descriptor().unwrap_or_else(|| panic!("{said}"))
    }
}

fn said(session: &mut Session) -> Value {
    session.receive().map_or(Value::Null, |frame| frame.header)
}

#[test]
fn a_child_has_its_own_mounts_and_no_others() {
    for way in ways() {
        let folder = crate::place::public_folder();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("mine"), "mine").unwrap();
        std::fs::write(path("theirs"), "theirs").unwrap();
        let mut pool = Pool::new(&way);
        let see = |name: &str| {
            format!("import os\nresults = {{'seen': os.listdir({name:?}) if os.path.exists({name:?}) else None}}")
        };
        let order = |name: &str| Order::new(&way).mount(&path(name), &path(name), false);
        let place = folder.path().display().to_string();
        assert_eq!(pool.run(&order("mine"), &see(&place)).results()["seen"], json!(["mine"]), "{}", way.name);
        assert_eq!(pool.run(&order("theirs"), &see(&place)).results()["seen"], json!(["theirs"]), "{}", way.name);
        assert_eq!(pool.run(&Order::new(&way), &see(&place)).results()["seen"], Value::Null, "{}", way.name);
    }
}

/// Also where a careless host left them its own ends of their channels.
#[test]
fn both_end_with_their_channels() {
    for way in ways() {
        let Pool { zygote, opener } = Pool::new(&way);
        assert!(zygote.hang_up().success() && opener.hang_up().success(), "{}", way.name);
    }
}

#[test]
fn what_was_exchanged_is_not_opened() {
    let way = crate::place::root_way();
    let mut pool = Pool::new(&way);
    let other = json!({"source": "/etc/hostname", "target": "/data", "writable": false, "dev": 1, "inode": 1});
    pool.opener.send(&json!({"type": "open", "mount": other}), b"");
    let said = said(&mut pool.opener);
    assert!(said["message"].as_str().unwrap().contains("no longer what was approved"), "{said}");
    assert!(pool.opener.descriptor().is_none());
}

#[test]
fn a_child_gets_neither_network_nor_mounts_that_did_not_come() {
    let way = crate::place::root_way();
    let mut pool = Pool::new(&way);
    for (change, says) in [
        (json!({"net": true, "mounts": []}), "network"),
        (
            json!({"mounts": [{"source": "/a", "target": "/a", "writable": false}]}),
            "1 mounts were announced and 0 came",
        ),
        (json!({"uid": 1, "gid": 1, "mounts": []}), "another user"),
    ] {
        let order = Order::new(&way);
        let mut plan = order.plan();
        (plan["uid"], plan["gid"]) = (Value::Null, Value::Null);
        plan.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let mut child = Session::parked(&mut pool.zygote, &order);
        let answer = child.prepare(&plan);
        assert!(answer["message"].as_str().unwrap_or_default().contains(says), "{says}: {answer}");
        child.finish();
    }
}

/// Network namespaces are lent to one child after the other, and never to two at a time.
#[test]
fn a_network_is_one_childs_alone_as_long_as_it_lives() {
    let network = |ran: &Ran| ran.results()["network"].as_str().unwrap().to_owned();
    let code = "import os\nresults = {'network': os.readlink('/proc/self/ns/net')}";
    let host = std::fs::read_link("/proc/self/ns/net").unwrap().display().to_string();
    for way in ways() {
        let (mut pool, order) = (Pool::new(&way), Order::new(&way));
        let together: Vec<_> = (0..4).map(|_| Session::parked(&mut pool.zygote, &order)).collect();
        let together: BTreeSet<_> =
            together.into_iter().map(|child| network(&pool.run_in(child, &order, code))).collect();
        assert_eq!(together.len(), 4, "{}", way.name);
        let apart: BTreeSet<_> = (0..12).map(|_| network(&pool.run(&order, code))).collect();
        // Of each of the four, and of the few that were made before those had ended.
        assert!(apart.len() < 12 && !apart.is_disjoint(&together), "{}: {apart:?} {together:?}", way.name);
        assert!(!apart.contains(&host) && !together.contains(&host), "{}", way.name);
    }
}

/// Pid 1 of the jail, whose forks become pid 1 of each child's cell, and the zygote, whose forks become the children.
#[test]
fn the_memory_of_both_that_fork_is_laid_out() {
    let children = |parent: u32| -> Vec<u32> {
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
        children.split_ascii_whitespace().map(|child| child.parse().unwrap()).collect()
    };
    let areas = |process: u32| {
        let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        maps.lines().filter(|line| line.contains("/memfd:zygote")).count()
    };
    for way in ways() {
        let pool = Pool::new(&way);
        let keeper = children(pool.zygote.outer())[0];
        assert!(areas(keeper) > 0, "{}", way.name);
        assert!(children(keeper).into_iter().any(|zygote| areas(zygote) > 0), "{}", way.name);
    }
}
