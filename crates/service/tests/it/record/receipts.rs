//! The receipt in the final notebook: away from the store, with the public key alone.

use crate::{
    bench::{Bench, approved, asked, code, run},
    notebook::tools,
};
use pyexec_service::{
    record::{Approval, NotebookReport, PublicKey, check_notebook, public_keys},
    view::RunView,
};
use serde_json::{Value, json};
use std::fs;

fn notebook(view: &RunView) -> Value {
    serde_json::from_slice(&fs::read(view.folder.join("notebook.ipynb")).unwrap()).unwrap()
}

fn keys(bench: &Bench) -> Vec<PublicKey> {
    public_keys(bench.data.path()).unwrap()
}

fn check(notebook: &Value, keys: &[PublicKey]) -> NotebookReport {
    check_notebook(&serde_json::to_vec(notebook).unwrap(), keys).unwrap()
}

async fn finished() -> (Bench, Value, RunView) {
    let bench = Bench::new();
    let service = bench.service().await;
    fs::write(bench.note_path("data.csv"), "1,2").unwrap();
    let mut request = code(&asked("print hello\nresults"));
    request.inputs = vec![bench.note_path("data.csv")];
    let view = approved(&service, request).await;
    (bench, notebook(&view), view)
}

#[tokio::test]
async fn it_says_what_the_log_says() {
    let (bench, notebook, view) = finished().await;
    let report = check(&notebook, &keys(&bench));
    assert!(report.ok, "{report:?}");
    let receipt = report.receipt.unwrap();
    assert_eq!((&receipt.run_id, receipt.code_sha256), (&view.run_id, view.code_sha256));
    let Approval::Person { by, answer, .. } = &receipt.approval else { panic!("{receipt:?}") };
    assert_eq!((by.0.as_str(), answer.as_str()), ("bob", "approved"));
    assert_eq!(receipt.inputs.len(), 1);
    let outputs = receipt.outputs.unwrap();
    assert_eq!(outputs.results_sha256.unwrap().to_string(), pyexec_core::Digest::of(br#"{"x":1}"#).to_string());
    let service = bench.service().await;
    let last = service.journal().events(&view.run_id, receipt.log.seq - 1, 9).await.unwrap();
    assert_eq!((last.len(), last[0].hash, last[0].kind.as_str()), (1, receipt.log.hash, "ended"));
}

#[tokio::test]
async fn it_quotes_nothing() {
    let (_bench, notebook, view) = finished().await;
    let mut receipt = notebook["metadata"]["pyexec"]["receipt"].clone();
    receipt.as_object_mut().unwrap().remove("signature"); // whose base64 may hold anything
    let receipt = receipt.to_string();
    for quoted in ["hello", "print hello", view.folder.to_str().unwrap(), "/", "\"x\":1"] {
        assert!(!receipt.contains(quoted), "{quoted} in {receipt}");
    }
}

#[tokio::test]
async fn every_run_that_ended_has_one() {
    let bench = Bench::new();
    let service = bench.service().await;
    for (acts, basis) in [("results", "not_required"), ("raise no", "not_required"), ("syntax error", "not_reached")] {
        let view = run(&service, code(acts)).await;
        let report = check(&notebook(&view), &keys(&bench));
        assert!(report.ok, "{acts}: {report:?}");
        assert_eq!(json!(report.receipt.unwrap().approval)["basis"], basis, "{acts}");
    }
}

type Edit = fn(&mut Value, usize);

#[tokio::test]
async fn an_edit_of_what_a_reader_sees_shows() {
    let (bench, original, _) = finished().await;
    let code = original["cells"].as_array().unwrap().iter().position(|cell| cell["id"] == "code").unwrap();
    let edits: [(Edit, &str); 6] = [
        (|n, code| n["cells"][code]["source"] = json!("other"), "was"),
        (|n, code| n["cells"][code]["outputs"][0]["text"] = json!("other"), "was"),
        (|n, code| n["cells"][code]["outputs"] = json!([]), "was"),
        (|n, _| n["cells"][0]["source"] = json!("# Run done"), "was"),
        (|n, _| n["cells"].as_array_mut().unwrap().push(json!({"cell_type": "markdown", "source": "x"})), "it has"),
        (|n, code| drop(n["cells"].as_array_mut().unwrap().remove(code)), "it has"),
    ];
    for (edit, word) in edits {
        let mut notebook = original.clone();
        edit(&mut notebook, code);
        let report = check(&notebook, &keys(&bench));
        assert!(!report.ok && report.altered[0].contains(word), "{report:?}");
    }
}

#[tokio::test]
async fn saving_it_again_does_not_show() {
    let (bench, original, view) = finished().await;
    let saved = tools::saved_again(&fs::read(view.folder.join("notebook.ipynb")).unwrap());
    let again: Value = serde_json::from_slice(&saved).unwrap();
    assert_ne!(original, again);
    let report = check(&again, &keys(&bench));
    assert!(report.ok, "{report:?}");
}

#[tokio::test]
async fn an_edit_of_the_receipt_shows() {
    let (bench, original, _) = finished().await;
    let receipt = |notebook: &Value| notebook["metadata"]["pyexec"]["receipt"].clone();
    let members: Vec<_> = receipt(&original).as_object().unwrap().keys().cloned().collect();
    for member in members {
        let mut notebook = original.clone();
        notebook["metadata"]["pyexec"]["receipt"].as_object_mut().unwrap().remove(&member);
        assert!(!check(&notebook, &keys(&bench)).ok, "without {member}");
    }
    let mut forged = original.clone();
    forged["metadata"]["pyexec"]["receipt"]["approval"]["by"] = json!("root");
    assert_eq!(check(&forged, &keys(&bench)).altered, ["its receipt was altered: the signature does not fit"]);
    let mut bare = original;
    bare["metadata"]["pyexec"].as_object_mut().unwrap().remove("receipt");
    assert_eq!(check(&bare, &keys(&bench)).altered, ["it carries no receipt, so nothing vouches for it"]);
}

/// The cells of one notebook under the receipt of another.
#[tokio::test]
async fn a_receipt_vouches_for_its_own_notebook_alone() {
    let bench = Bench::new();
    let service = bench.service().await;
    let one = notebook(&run(&service, code("print one\nresults")).await);
    let mut two = notebook(&run(&service, code("print two\nresults")).await);
    two["metadata"] = one["metadata"].clone();
    assert!(!check(&two, &keys(&bench)).ok);
}

#[tokio::test]
async fn a_strangers_signature_is_named_as_one() {
    let ((bench, notebook, _), (other, ..)) = (finished().await, finished().await);
    let ours = keys(&bench)[0].fingerprint().to_string();
    let report = check(&notebook, &keys(&other));
    let theirs = keys(&other)[0].fingerprint().to_string();
    assert_eq!(report.altered, [format!("it is signed by an unknown key {ours}; known here: {theirs}")]);
    assert!(report.receipt.is_none());
    // Claiming the known key does not make it its signature.
    let mut notebook = notebook;
    notebook["metadata"]["pyexec"]["receipt"]["key"] = json!(theirs);
    assert!(!check(&notebook, &keys(&other)).ok);
}

#[test]
fn what_is_no_notebook_is_an_error() {
    for bytes in [b"".as_slice(), b"{", b"{}", b"[]", b"{\"nbformat\": 3, \"cells\": []}", &b"[".repeat(100_000)] {
        assert!(check_notebook(bytes, &[]).is_err());
    }
}
