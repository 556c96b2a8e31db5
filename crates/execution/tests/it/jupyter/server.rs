//! A Jupyter Server of this test program: started when the first test needs it, ended by the end of the program however that
//! comes, on a port and with a token of its own.

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The variable that holds the server's token.
pub(crate) const TOKEN: &str = "PYEXEC_TEST_JUPYTER_TOKEN";
/// The longest that a test waits for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Starts what its arguments say, and ends it and all of its kernels with its own standard input.
const KEEPER: &str = "
import os, signal, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
print(process.pid, flush=True)
sys.stdin.read()
process.terminate()
try: process.wait(20)
except subprocess.TimeoutExpired: os.killpg(process.pid, signal.SIGKILL)
";

/// A running server.
pub(crate) struct Server {
    pub(crate) port: u16,
    token: String,
    https: bool,
    _folder: tempfile::TempDir,
    _lifeline: ChildStdin,
}

/// Where the tools of the tests are; `cargo xtask setup` makes them.
pub(crate) fn tools() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let tools = std::env::var_os("PYEXEC_TEST_TOOLS").map_or_else(|| target.join("test-tools"), PathBuf::from);
    let there = tools.join("bin/jupyter-server").exists();
    assert!(there, "there is no Jupyter Server in {}: `cargo xtask setup` installs it", tools.display());
    tools
}

/// The server that most tests share.
pub(crate) fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&[]))
}

impl Server {
    /// A new one, with these arguments besides.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = token();
        for (name, argv) in [("dies", vec!["false"]), ("stays-silent", vec!["sleep", "1000"])] {
            let kernel = folder.path().join("share/kernels").join(name);
            fs::create_dir_all(&kernel).unwrap();
            let spec = serde_json::json!({"argv": argv, "display_name": name, "language": "python"});
            fs::write(kernel.join("kernel.json"), spec.to_string()).unwrap();
        }
        let at = |name: &str| folder.path().join(name);
        let python = tools().join("bin/python");
        let mut keeper = Command::new("python3");
        keeper.args(["-c", KEEPER]).arg(&python).args(["-I", "-m", "jupyter_server", "--allow-root"]);
        keeper.args(["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.open_browser=False"]);
        keeper.arg(format!("--ServerApp.root_dir={}", folder.path().display())).args(arguments);
        keeper.env("JUPYTER_TOKEN", &token).env("HOME", folder.path()).env("JUPYTER_RUNTIME_DIR", at("runtime"));
        keeper.env("JUPYTER_PATH", at("share")).env("JUPYTER_CONFIG_DIR", at("config"));
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(fs::File::create(at("log")).unwrap());
        let mut keeper = keeper.spawn().unwrap();
        let lifeline = keeper.stdin.take().unwrap();
        let mut pid = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut pid).unwrap();
        let facts = at("runtime").join(format!("jpserver-{}.json", pid.trim()));
        let start = Instant::now();
        let port = loop {
            let facts: Option<Value> = fs::read(&facts).ok().and_then(|facts| serde_json::from_slice(&facts).ok());
            if let Some(port) = facts.and_then(|facts| u16::try_from(facts["port"].as_u64()?).ok()) {
                break port;
            }
            let log = || fs::read_to_string(at("log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE && keeper.try_wait().unwrap().is_none(), "no server:\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        };
        let https = arguments.iter().any(|argument| argument.contains("certfile"));
        Self { port, token, https, _folder: folder, _lifeline: lifeline }
    }

    /// What its interface answers to a request.
    pub(crate) fn ask(&self, method: &str, path: &str) -> String {
        assert!(!self.https, "curl is not told whom to trust");
        let url = format!("http://127.0.0.1:{}/api/{path}", self.port);
        let header = format!("Authorization: token {}", self.token);
        let done = Command::new("curl").args(["-s", "-X", method, "-H", &header, &url]).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    }

    /// Its sessions: path, session, kernel.
    pub(crate) fn sessions(&self) -> Vec<[String; 3]> {
        let sessions: Value = serde_json::from_str(&self.ask("GET", "sessions")).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let one = |s: &Value| [text(&s["path"]), text(&s["id"]), text(&s["kernel"]["id"])];
        sessions.as_array().unwrap().iter().map(one).collect()
    }
}

/// The token of all servers of this program, in its variable.
#[expect(unsafe_code, reason = "an executor takes tokens from the environment only")]
fn token() -> String {
    static TOKEN_SET: OnceLock<String> = OnceLock::new();
    let make = || {
        let token = format!("{:032x}", u128::from_ne_bytes(random()));
        // SAFETY: the tests read the environment through `std` alone, which locks it.
        unsafe { std::env::set_var(TOKEN, &token) };
        token
    };
    TOKEN_SET.get_or_init(make).clone()
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    std::io::Read::read_exact(&mut fs::File::open("/dev/urandom").unwrap(), &mut bytes).unwrap();
    bytes
}
