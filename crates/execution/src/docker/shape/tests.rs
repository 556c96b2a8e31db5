//! What a container is, and what it refuses to be.

use super::*;
use pyexec_core::Digest;
use serde_json::json;

fn about() -> About {
    About { name: "Docker 1".into(), is_podman: false, maps_ids: false, is_local: true, cpus: 2 }
}

fn config() -> DockerConfig {
    serde_json::from_value(json!({"data_dir": "/d"})).unwrap()
}

fn input(original: &str, bytes: u64) -> StagedInput {
    let name = Path::new(original).file_name().unwrap().to_str().unwrap().into();
    StagedInput { name, original: original.into(), staged: "/s".into(), sha256: Digest::of(b""), bytes }
}

fn shape(inputs: &[StagedInput], opened: Opened, about: &About) -> Result<Shape, PrepareError> {
    Shape::of_order(&Limits::default(), inputs, opened, about)
}

fn body(shape: &Shape) -> ContainerCreateBody {
    shape.container(&config(), &about(), vec!["-c".into()], HashMap::new())
}

#[test]
fn every_container_is_hardened() {
    let body = body(&Shape::plain(&Limits::default()));
    let host = body.host_config.unwrap();
    assert_eq!(host.network_mode.as_deref(), Some("none"));
    assert_eq!(host.cap_drop, Some(vec!["ALL".into()]));
    assert_eq!((host.cap_add, host.privileged, host.readonly_rootfs), (None, Some(false), Some(true)));
    let options = host.security_opt.unwrap();
    assert_eq!(options[0], "no-new-privileges");
    assert!(options[1].starts_with("seccomp={"), "our own profile, whole");
    assert_eq!(host.memory, host.memory_swap, "no swap");
    assert!(host.memory.unwrap() > 0 && host.nano_cpus == Some(2_000_000_000));
    assert_eq!(host.pids_limit, Some(65));
    assert_eq!(host.log_config.unwrap().typ.as_deref(), Some("none"));
    assert_eq!((host.auto_remove, body.stdin_once), (Some(true), Some(true)), "it goes with its host");
    assert_ne!(body.user.unwrap().split(':').next(), Some("0"));
    for (path, options) in host.tmpfs.unwrap() {
        assert!(
            options.contains("nosuid,nodev") && options.contains("size=") && options.contains("nr_inodes="),
            "{path}"
        );
    }
}

#[test]
fn grants_open_what_they_say_and_nothing_else() {
    let plain = body(&Shape::plain(&Limits::default()));
    let net = body(&shape(&[], Opened { net: true, ..Opened::default() }, &about()).unwrap());
    let (plain, net) = (plain.host_config.unwrap(), net.host_config.unwrap());
    assert_eq!(net.network_mode.as_deref(), Some("bridge"));
    assert_eq!(HostConfig { network_mode: plain.network_mode.clone(), ..net }, plain);
}

#[test]
fn small_inputs_at_the_usual_places_need_no_other_container() {
    let usual = [input("/home/a/x.csv", 5), input("/tmp/y.csv", 1 << 20), input("/work/z", 1)];
    assert!(shape(&usual, Opened::default(), &about()).unwrap().is_plain());
    let large = shape(&[input("/home/a/x", 100 << 20)], Opened::default(), &about()).unwrap();
    assert_eq!((large.inputs_mb, large.is_plain()), (102, false));
    let elsewhere = shape(&[input("/opt/lab/x.csv", 5)], Opened::default(), &about()).unwrap();
    assert!(body(&elsewhere).host_config.unwrap().tmpfs.unwrap().contains_key("/opt/lab"));
    for hidden in ["/x.csv", "/usr/share/x.csv", "/var/lib/x.csv", "/var/x.csv", "/inputs/x.csv"] {
        let refused = shape(&[input(hidden, 5)], Opened::default(), &about()).map(drop).unwrap_err();
        assert!(refused.to_string().contains("original path"), "{hidden}: {refused}");
    }
}

#[test]
fn what_an_engine_cannot_give_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mounted = |writable| {
        let mount = Mount { writable, ..Mount::read_only(folder.path()) };
        Opened { mounts: vec![mount], ..Opened::default() }
    };
    let remote = About { is_local: false, ..about() };
    let mapped = About { maps_ids: true, ..about() };
    for (opened, engine, says) in [
        (mounted(false), &remote, "not on this machine"),
        (mounted(true), &remote, "not on this machine"),
        (mounted(true), &mapped, "maps user ids"),
    ] {
        let refused = shape(&[], opened, engine).map(drop).unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
    assert!(shape(&[], mounted(false), &mapped).is_ok());
    let own = owner(folder.path()).unwrap();
    match shape(&[], mounted(true), &about()) {
        Ok(shape) => assert_eq!(shape.user, own),
        Err(refused) => assert!(own.0 == 0 && refused.to_string().contains("belongs to root"), "{refused}"),
    }
}

#[test]
fn a_limit_of_the_host_alone_makes_no_other_container() {
    let limits = Limits { timeout_seconds: 5, output_kb: 9, ..Limits::default() };
    assert_eq!(Shape::plain(&limits), Shape::plain(&Limits::default()));
    let few = Shape::plain(&Limits { processes: 4, ..Limits::default() });
    assert_eq!((few.later_pids(), body(&few).host_config.unwrap().pids_limit), (Some(5), Some(32)));
    assert_eq!(Shape::plain(&Limits::default()).later_pids(), None);
}

#[test]
fn podman_gets_the_options_that_it_knows() {
    let podman = About { is_podman: true, ..about() };
    let body = Shape::plain(&Limits::default()).container(&config(), &podman, Vec::new(), HashMap::new());
    assert!(body.host_config.unwrap().tmpfs.unwrap().values().all(|options| !options.contains("uid=")));
}
