//! One input through every form: the library, the command line and HTTP give the same answer.

use std::collections::BTreeMap;
use std::fs;
use std::future;
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::fetch::{Fetch, Fetching, Wanted};
use reqwest::Method;
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use url::Url;
use verifier::{Answer, Clock, Policy};

use crate::program;
use crate::served::{Served, form};
use crate::web::{self, Web, told};

/// Something presented, and what every form tells of it.
pub struct Case {
    pub name: String,
    pub presented: Vec<u8>,
    /// `verified`, or the verdict and the code that decided it, as in `refused/json.depth`.
    pub told: String,
    /// What stands at the addresses that the input names.
    pub web: Arc<Web>,
    pub strictness: Strictness,
    pub now: Timestamp,
}

/// How strictly the standard is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strictness {
    Strict,
    Lenient,
}

impl Case {
    /// Judged strictly, in the fixtures' web and at their time.
    pub fn new(
        name: impl Into<String>,
        presented: impl Into<Vec<u8>>,
        told: impl Into<String>,
    ) -> Case {
        static FIXTURES: LazyLock<Arc<Web>> = LazyLock::new(|| Arc::new(Web::read()));
        Case {
            name: name.into(),
            presented: presented.into(),
            told: told.into(),
            web: FIXTURES.clone(),
            strictness: Strictness::Strict,
            now: web::now(),
        }
    }

    /// Every fixture at or below these paths, with the answer that its folder says.
    pub fn fixtures(paths: &[&str]) -> Vec<Case> {
        let mut cases = Vec::new();
        for path in paths {
            let place = web::fixtures().join("presented").join(path);
            let files = match place.is_file() {
                true => vec![place],
                false => web::files(&place),
            };
            assert!(!files.is_empty(), "{path} is no fixture");
            cases.extend(files.iter().map(|file| {
                let name = web::name(file);
                let told = match name.strip_prefix("verified/") {
                    Some(_) => "verified",
                    None => name.rsplit_once('/').expect("a folder").0,
                };
                Case::new(&name, fs::read(file).expect("a fixture"), told)
            }));
        }
        cases
    }

    /// The same in another web.
    pub fn on(mut self, web: &Arc<Web>) -> Case {
        self.web = web.clone();
        self
    }

    /// The same for whoever chooses to be lenient.
    pub fn leniently(mut self) -> Case {
        self.strictness = Strictness::Lenient;
        self
    }

    /// The same at another time.
    pub fn at(mut self, now: Timestamp) -> Case {
        self.now = now;
        self
    }

    fn policy(&self) -> Policy {
        let mut policy = match self.strictness {
            Strictness::Strict => Policy::default(),
            Strictness::Lenient => Policy::lenient(),
        };
        policy.clock = Clock::Chosen;
        policy
    }
}

impl Strictness {
    fn word(self) -> &'static str {
        match self {
            Strictness::Strict => "strict",
            Strictness::Lenient => "lenient",
        }
    }
}

/// Holds the library, the program and the service to the answer of each case, and their reports to
/// each other.
pub async fn hold(row: &str, cases: &[Case]) {
    assert!(!cases.is_empty(), "{row}: nothing is presented");
    let mut wrong = Vec::new();
    let by_library: Vec<Examined> = cases.iter().map(Examined::new).collect();
    let by_program = by_program(cases, &by_library);
    let by_service = by_service(cases).await;
    for (place, case) in cases.iter().enumerate() {
        let library = &by_library[place].told;
        for (form, answer) in [
            ("library", library),
            ("command line", &by_program[place]),
            ("HTTP", &by_service[place]),
        ] {
            let name = &case.name;
            if answer.told != case.told {
                wrong.push(format!(
                    "{row}, {form}, {name}: {}, not {}",
                    answer.told, case.told
                ));
            } else if case.presented.len() > READ_BY_ALL {
                // How many bytes there were is not the same to all.
            } else if !answer.report.is_null() && answer.report != library.report {
                wrong.push(format!("{row}, {form}, {name}: the report differs"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        3 * cases.len(),
        wrong.join("\n")
    );
}

/// The program and the service read no more than the largest form of a badge.
const READ_BY_ALL: usize = 10 << 20;

/// What one form tells of one case.
struct Told {
    told: String,
    /// Null where there is none: the input was too large to be looked at.
    report: Value,
}

impl Told {
    fn new(verdict: &Value, code: &Value, report: Value) -> Told {
        let told = match (verdict.as_str(), code.as_str()) {
            (Some("verified"), None) => "verified".to_owned(),
            (verdict, code) => format!(
                "{}/{}",
                verdict.unwrap_or("no verdict"),
                code.unwrap_or_default()
            ),
        };
        Told { told, report }
    }
}

/// What the library tells, and what was asked for on the way.
struct Examined {
    told: Told,
    asked: Vec<Url>,
}

impl Examined {
    fn new(case: &Case) -> Examined {
        let (report, asked) = case
            .web
            .verify_at(&case.presented, &case.policy(), case.now);
        Examined {
            told: Told {
                told: told(&report),
                report: json!(report),
            },
            asked,
        }
    }
}

/// One run of the program for all cases that share a web, a policy and a time.
fn by_program(cases: &[Case], examined: &[Examined]) -> Vec<Told> {
    let mut runs: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, case) in cases.iter().enumerate() {
        let run = (Arc::as_ptr(&case.web), case.strictness, case.now);
        runs.entry(run).or_default().push(place);
    }
    let mut answers: Vec<Option<Told>> = cases.iter().map(|_| None).collect();
    for ((_, strictness, now), places) in runs {
        let run: Vec<_> = places
            .iter()
            .map(|place| (&cases[*place], &examined[*place]))
            .collect();
        for (place, told) in places.iter().zip(one_run(&run, strictness, now)) {
            answers[*place] = Some(told);
        }
    }
    let answers: Option<Vec<Told>> = answers.into_iter().collect();
    answers.expect("every case is in a run")
}

fn one_run(cases: &[(&Case, &Examined)], strictness: Strictness, now: Timestamp) -> Vec<Told> {
    let folder = TempDir::new().expect("a folder");
    let badges = folder.path().join("badges");
    fs::create_dir(&badges).expect("a folder");
    let mut documents = Map::new();
    for (number, (case, examined)) in cases.iter().enumerate() {
        fs::write(badges.join(format!("{number:06}")), &case.presented).expect("a file");
        // Brought along is what was asked for; the program may ask for nothing else.
        for url in &examined.asked {
            let value = match case.web.answer(url) {
                Ok(document) => {
                    let mut value = json!({ "base64": STANDARD.encode(&document.bytes) });
                    if let Some(place) = &document.found_at {
                        value["foundAt"] = place.as_str().into();
                    }
                    value
                }
                Err(failure) => json!({ "failure": failure.code() }),
            };
            documents.insert(url.to_string(), value);
        }
    }
    let brought = folder.path().join("documents.json");
    fs::write(&brought, Value::Object(documents).to_string()).expect("a file");
    let output = program::command()
        .args(["verify", "--json", "--policy", strictness.word(), "--now"])
        .arg(now.to_string())
        .arg("--documents")
        .args([&brought, &badges])
        .output()
        .expect("the program");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(lines.len(), cases.len(), "the program ended: {complaint}");
    let mut worst = 0;
    let mut answers = Vec::new();
    for line in lines {
        worst = match line["verdict"].as_str() {
            Some("verified") => worst,
            Some("undetermined") if worst != 1 => 2,
            Some("undetermined") => worst,
            _ => 1,
        };
        answers.push(Told::new(
            &line["verdict"],
            &line["code"],
            line["report"].clone(),
        ));
    }
    assert_eq!(output.status.code(), Some(worst), "{complaint}");
    answers
}

/// One service for all cases, one after the other: its outside world is that of the case.
async fn by_service(cases: &[Case]) -> Vec<Told> {
    let world = Arc::new(World(Mutex::new(cases[0].web.clone())));
    let served = Served::in_world(world.clone()).await;
    let mut answers = Vec::new();
    for case in cases {
        *world.0.lock().expect("no panic") = case.web.clone();
        let path = format!(
            "/api/v1/verify?policy={}&{}",
            case.strictness.word(),
            form("now", &case.now.to_string())
        );
        let answer = served
            .request(Method::POST, &path)
            .body(case.presented.clone())
            .send()
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("JSON");
        answers.push(match status {
            200 => {
                let verdict = body["verdict"].clone();
                Told::new(&verdict, &decided(&body), body)
            }
            // The interface takes no more than the largest form of a badge.
            413 => Told::new(&json!("refused"), &body["code"], Value::Null),
            _ => Told::new(&json!(status.to_string()), &body["code"], Value::Null),
        });
    }
    answers
}

/// The code of the step that decided: the first that failed, or else the first that could not be told.
pub fn decided(report: &Value) -> Value {
    let steps = report["steps"].as_array().expect("steps");
    let of = |outcome: &str| {
        let mut deciding = steps
            .iter()
            .filter(|step| step["name"] != "refresh" && step["name"] != "trust");
        deciding.find(|step| step["outcome"] == outcome)
    };
    of("fail")
        .or_else(|| of("unknown"))
        .map_or(Value::Null, |step| step["code"].clone())
}

/// The outside world of the case that is being asked about.
pub struct World(Mutex<Arc<Web>>);

impl World {
    pub fn of(web: Web) -> World {
        World(Mutex::new(Arc::new(web)))
    }

    /// Puts another web in place of this.
    pub fn show(&self, web: Web) {
        *self.0.lock().expect("no panic") = Arc::new(web);
    }
}

impl Fetch for World {
    fn fetch<'a>(&'a self, url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        let answer: Answer = self.0.lock().expect("no panic").answer(url);
        Box::pin(future::ready(answer))
    }
}
