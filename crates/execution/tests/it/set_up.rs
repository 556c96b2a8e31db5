//! Finding the interpreter, and what is said when there is none.

use crate::bench::{Bench, data_dir, kind, local_with, results};
use pyexec_core::{
    CodeExecutor, Instance, Isolation, Outcome, Role,
    executor::{self, ExecuteRequest, PreparedId},
};
use pyexec_testkit::ExecutionHostFake;
use serde_json::json;
use std::{fs, path::Path};

#[tokio::test]
async fn the_managed_python_describes_itself() {
    let host = ExecutionHostFake::releasing("").host();
    let described = local_with(|_| ()).unwrap().describe(&host).await.unwrap_or_else(|e| panic!("{e} {}", e.help));
    assert!(described.interpreter.contains(data_dir().to_str().unwrap()), "{described:?}");
    assert!(described.interpreter.contains("managed"), "{described:?}");
    assert_eq!(described.isolation, Isolation::Full);
}

#[tokio::test]
async fn another_interpreter_by_configuration() {
    for interpreter in ["/usr/bin/python3", "/usr/bin/python3.11"] {
        if !Path::new(interpreter).exists() {
            continue; // another distribution's
        }
        let mut bench = Bench::new("import sys, pyexec\nresults = {'v': sys.version_info[0]}");
        bench.local = local_with(|table| table["interpreter"] = json!(interpreter)).unwrap();
        assert_eq!(results(&bench.run().await), json!({"v": 3}));
    }
}

#[tokio::test]
async fn an_interpreter_that_will_not_do_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("python");
    let answer = r#"{"implementation":"cpython","version":[3,9,1],"executable":"/p","prefixes":[],"library":[],"site":[],"packages":{},"modules":[]}"#;
    fs::write(&old, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for (path, says) in [
        ("/no/such/python", "/no/such/python"),
        (folder.path().to_str().unwrap(), "bin/python"),
        ("/bin/true", "/bin/true"),
        (old.to_str().unwrap(), "older than 3.11"),
        ("relative/python", "relative/python"),
    ] {
        let local = local_with(|table| table["interpreter"] = json!(path)).unwrap();
        let error = local.describe(&ExecutionHostFake::releasing("").host()).await.unwrap_err();
        assert_eq!(kind(&error), "bad_file", "{error}");
        assert!(error.message.contains(says) && !error.help.is_empty(), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_missing_sandbox_library_is_named() {
    let local = local_with(|table| table["sandbox_library"] = json!("/no/such.so")).unwrap();
    let bench = Bench { local, ..Bench::new("") };
    let error = bench.try_run().await.unwrap_err();
    assert_eq!(kind(&error), "sandbox");
    assert!(error.message.contains("/no/such.so") && error.help.contains("sandbox_library"), "{error}");
}

#[tokio::test]
async fn the_executor_works_over_the_abi() {
    let registered = pyexec_sdk::registrations().find(|r| r.name == "local" && r.role == Role::Executor).unwrap();
    let component = registered.create(&json!({"data_dir": data_dir()}).to_string()).unwrap();
    let instance = Instance::new(Role::Executor, "local", component);
    let bench = Bench::new("print('hello')\nresults = {'x': 1}");
    let host = || bench.host.host_box();
    let prepared: PreparedId = instance.invoke(executor::PREPARE, &bench.order, host()).await.unwrap();
    let request = ExecuteRequest { prepared, order: bench.execute_order() };
    let outcome: Outcome = instance.invoke(executor::EXECUTE, &request, host()).await.unwrap();
    assert_eq!(results(&outcome), json!({"x": 1}));
    assert_eq!(bench.stdout(), "hello\n");
    let again = instance.invoke::<Outcome>(executor::EXECUTE, &request, host()).await.unwrap_err();
    assert_eq!(kind(&again), "bad_request");
}
