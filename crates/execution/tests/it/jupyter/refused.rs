//! What is refused before anything runs, each with its way out.

use super::{
    bench::{Bench, executor},
    server::{Server, TOKEN, shared},
};
use pyexec_core::{CodeExecutor, Grant, Isolation, PluginError};
use pyexec_testkit::ExecutionHostFake;
use serde_json::{Value, json};
use std::{path::Path, process::Command};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

fn kind(error: &PluginError) -> &str {
    error.kind.as_str()
}

async fn refusal(change: impl FnOnce(&mut Value)) -> PluginError {
    let bench = Bench::at("", change);
    let error = bench.try_run().await.unwrap_err();
    assert!(!error.help.is_empty(), "{error}");
    assert!(bench.host.release_requests().is_empty(), "nothing was released");
    error
}

#[tokio::test]
async fn isolation_that_is_not_accepted() {
    let bench = Bench::new("").with(|order| order.accept_isolation = vec![Isolation::Full, Isolation::Container]);
    let error = bench.try_run().await.unwrap_err();
    assert_eq!(kind(&error), "isolation_not_acceptable");
    assert!(error.help.contains("accept_isolation"), "{}", error.help);
}

#[tokio::test]
async fn grants_that_an_endpoint_cannot_give() {
    for grant in
        [Grant::Output { path: "/somewhere".into(), dev: 1, inode: 2 }, Grant::Read { path: "/somewhere".into() }]
    {
        let bench = Bench::new("").with(|order| order.grants = vec![grant]);
        let error = bench.try_run().await.unwrap_err();
        assert_eq!(kind(&error), "bad_request");
        assert!(error.message.contains("/somewhere"), "{error}");
    }
}

#[tokio::test]
async fn inputs_that_have_changed() {
    let bench = Bench::new("").input("series.csv", b"1,2\n");
    std::fs::write(&bench.order.inputs[0].staged, b"1,3\n").unwrap();
    let error = bench.try_run().await.unwrap_err();
    assert_eq!(kind(&error), "bad_file");
    assert!(error.message.contains("series.csv"), "{error}");
}

#[tokio::test]
async fn servers_that_are_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = refusal(|endpoint| endpoint["port"] = port.into()).await;
    assert_eq!(kind(&error), "daemon");
    assert!(error.message.contains(&format!("127.0.0.1:{port}")), "{error}");
    let error = refusal(|endpoint| endpoint["https"] = true.into()).await;
    assert_eq!(kind(&error), "daemon", "{error}");
}

#[tokio::test]
async fn tokens_that_are_wrong() {
    let error = refusal(|endpoint| endpoint["token_env"] = "PATH".into()).await;
    assert_eq!(kind(&error), "missing_credential");
    let error = refusal(|endpoint| drop(endpoint.as_object_mut().unwrap().remove("token_env"))).await;
    assert_eq!(kind(&error), "missing_credential");
    assert!(error.help.contains("token_env"), "{}", error.help);
    let error = refusal(|endpoint| endpoint["token_env"] = "PYEXEC_TEST_NOT_SET".into()).await;
    assert_eq!(kind(&error), "missing_credential");
    assert!(error.message.contains("PYEXEC_TEST_NOT_SET"), "{error}");
}

#[tokio::test]
async fn kernels_that_cannot_be_had() {
    let error = refusal(|endpoint| endpoint["kernel_name"] = "python2".into()).await;
    assert_eq!(kind(&error), "unknown_name");
    assert!(error.message.contains("python2") && error.message.contains("python3"), "{error}");
    let error = refusal(|endpoint| endpoint["kernel_name"] = "dies".into()).await;
    assert_eq!(kind(&error), "daemon", "{error}");
}

#[tokio::test]
async fn servers_that_are_something_else() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        "SSH-2.0-something\r\n",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let error = refusal(|endpoint| endpoint["port"] = port.into()).await;
        assert_eq!(kind(&error), "daemon", "{error}");
        serving.abort();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let login = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n";
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(login).await;
        }
    });
    let error = refusal(|endpoint| endpoint["port"] = port.into()).await;
    assert_eq!(kind(&error), "missing_credential", "a redirect is not followed: {error}");
}

/// An authority and a certificate for 127.0.0.1 that it signed.
fn certificates(folder: &Path) {
    let script = "
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca
        openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1
        printf 'subjectAltName=IP:127.0.0.1\\n' > names
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem";
    let done = Command::new("sh").args(["-e", "-c", script]).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "openssl: {}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn tls_trusts_the_authority_of_the_endpoint_and_nobody_else() {
    shared(); // its token
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let arguments =
        [format!("--ServerApp.certfile={}", at("server.pem")), format!("--ServerApp.keyfile={}", at("server.key"))];
    let server = Server::start(&arguments.each_ref().map(String::as_str));
    let describe = async |ca_file: Option<&str>| {
        let data = tempfile::tempdir().unwrap();
        let mut endpoint = json!({"host": "127.0.0.1", "port": server.port, "https": true, "token_env": TOKEN});
        if let Some(name) = ca_file {
            endpoint["ca_file"] = at(name).into();
        }
        let jupyter = executor(data.path(), &endpoint).unwrap();
        jupyter.describe(&ExecutionHostFake::releasing("").host()).await
    };
    assert!(describe(Some("ca.pem")).await.unwrap().python.starts_with("3."));
    let untrusted = describe(None).await.unwrap_err();
    assert_eq!(kind(&untrusted), "daemon", "{untrusted}");
    assert!(untrusted.message.contains("certificate"), "{untrusted}");
    for (name, says) in [("ca.key", "no certificate"), ("nothing", "No such file")] {
        let error = describe(Some(name)).await.unwrap_err();
        assert_eq!(kind(&error), "bad_file");
        assert!(error.message.contains(says), "{error}");
    }
}
