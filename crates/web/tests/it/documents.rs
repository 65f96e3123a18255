//! Handing in a document and getting it: what is taken, what is refused and how far it is read, and what leaves with it.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use access::Principal;
use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};
use domain::ids::TrajectoryId;
use hyper::body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;
use web::{App, serve::Patience};

use crate::routes::{FORM, get, post, send, signed_in, world};

const MULTIPART: &str = "multipart/form-data; boundary=grens";
const MB: usize = 1024 * 1024;

/// A file of Groningen in which the IND was asked, with one more number for each test.
async fn a_case(who: &Principal, number: usize) -> TrajectoryId {
    let all = world().desk.worklist(who, views::worklist::Filter::default()).await.unwrap();
    let mut found = Vec::new();
    for item in all.items {
        let file = world().desk.file(who, item.row.trajectory).await.unwrap();
        if file.trajectory.deliveries.iter().any(|delivery| delivery.partner.as_str() == "ind") {
            found.push(item.row.trajectory);
        }
    }
    found[number % found.len()]
}

fn part(name: &str, value: &str) -> String {
    format!("--grens\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// The fields before the file, as the page sends them.
fn fields(page: &str) -> String {
    let hidden = |name: &str| {
        let rest =
            page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}")).1;
        part(name, rest.split('"').next().unwrap())
    };
    let date = ["valid_from-dag", "valid_from-maand", "valid_from-jaar"].map(|name| {
        let input = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        part(name, input.split("value=\"").nth(1).unwrap().split('"').next().unwrap())
    });
    let told = [part("partner", "ind"), part("item", "interviews"), part("note", "een verzonnen opmerking")];
    [hidden("csrf"), hidden("opdracht"), hidden("versie"), date.concat(), told.concat()].concat()
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--grens\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--grens--\r\n"].concat()
}

/// A PDF that no other is equal to.
fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{text}\n%%EOF\n").into_bytes()
}

/// Signed in, with the empty form.
struct Form {
    cookie: String,
    path: String,
    who: Principal,
    case: TrajectoryId,
    fields: String,
}

async fn form(number: usize) -> Form {
    let (cookie, _, who) = signed_in("coordinator.groningen").await;
    let case = a_case(&who, number).await;
    let path = format!("/traject/{case}/documenten/nieuw");
    let (status, page) = send(get(&path, &cookie)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains("type=\"file\""), "{page}");
    Form { fields: fields(&page), cookie, path, who, case }
}

impl Form {
    async fn again(&self) -> String {
        fields(&send(get(&self.path, &self.cookie)).await.1)
    }

    async fn hand_in(&self, name: &str, content: &[u8]) -> (StatusCode, String) {
        let body = [self.again().await.as_bytes(), &file(name, content)].concat();
        send(post(&self.path, &self.cookie, MULTIPART, body)).await
    }

    async fn documents(&self) -> usize {
        world().desk.file(&self.who, self.case).await.unwrap().trajectory.documents.len()
    }
}

#[tokio::test]
async fn a_document_is_handed_in_shown_and_got_as_an_attachment() {
    let form = form(0).await;
    let before = form.documents().await;
    let content = pdf("verslag een");
    let (status, page) = form.hand_in("verslag één.pdf", &content).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(form.documents().await, before + 1);
    let (_, dossier) = send(get(&format!("/traject/{}/dossier", form.case), &form.cookie)).await;
    assert!(dossier.contains("verslag één.pdf") && dossier.contains("Vrijgeven voor een overleg"), "{dossier}");
    let kept = world().desk.file(&form.who, form.case).await.unwrap();
    let fact = kept.trajectory.documents.last().unwrap().fact;
    let path = format!("/traject/{}/document/{fact}", form.case);
    let response = world().router.clone().oneshot(get(&path, &form.cookie)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let of = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(of("content-type"), "application/pdf");
    assert_eq!(
        of("content-disposition"),
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''verslag%20%C3%A9%C3%A9n.pdf"
    );
    assert!(of("content-security-policy").contains("sandbox") && of("x-content-type-options") == "nosniff");
    assert_eq!(of("cache-control"), "no-store");
    let bytes = axum::body::to_bytes(response.into_body(), MB).await.unwrap();
    assert_eq!(bytes, content);
    for login in ["begeleider.groningen", "politie.groningen", "opvang.groningen", "beheer", "coordinator.utrecht"] {
        let (cookie, ..) = signed_in(login).await;
        let (status, _) = send(get(&path, &cookie)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{login}");
        assert!(
            !send(get(&format!("/traject/{}/dossier", form.case), &cookie)).await.1.contains("verslag één"),
            "{login}"
        );
    }
    let (status, _) = send(Request::get(&path).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "nobody");
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_document() {
    let form = form(1).await;
    let before = form.documents().await;
    let body = [form.fields.as_bytes(), &file("stuk.pdf", &pdf("twee keer verstuurd"))].concat();
    for _ in 0..2 {
        let (status, page) = send(post(&form.path, &form.cookie, MULTIPART, body.clone())).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
    assert_eq!(form.documents().await, before + 1);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_what_would_be_right_and_nothing_is_lost() {
    let form = form(2).await;
    let before = (form.documents().await, crate::routes::facts().await);
    let zip = |entries: &[(&str, &[u8])]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut writer, content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let word: [(&str, &[u8]); 2] = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")];
    let zeros = vec![0; 80 * MB];
    let bomb = zip(&[&word[..], &[("word/media/a.bin", &zeros)]].concat());
    assert!(bomb.len() < MB / 4, "80 MB in {} bytes", bomb.len());
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("../../x", pdf("pad"), "schuine streep"),
        ("..\\\\..\\\\x.pdf", pdf("pad"), "schuine streep"),
        ("stuk.pdf%00.exe\u{202e}", pdf("pad"), "gewone naam"),
        (&"a".repeat(200), pdf("lang"), "te lang"),
        ("bom.docx", bomb, "uitgepakt meer dan"),
        ("leeg.pdf", vec![], "leeg"),
        ("programma.exe", b"MZ\x90\x00".to_vec(), "wordt niet aangenomen"),
        ("stuk.docx", pdf("naam"), "Laat de naam eindigen op"),
        ("pagina.txt", b"<!doctype html><script>alert(1)</script>".to_vec(), "wordt niet aangenomen"),
        ("half.pdf", b"%PDF-1.7\nafgebroken".to_vec(), "beschadigd"),
        ("macro.docx", zip(&[&word[..], &[("word/vbaProject.bin", b"x")]].concat()), "macro"),
        ("te-groot.pdf", [pdf("groot"), vec![b' '; 21 * MB]].concat(), "niet groter dan 20 MB"),
    ];
    for (name, content, says) in cases {
        let (status, page) = form.hand_in(name, &content).await;
        let expected =
            if name == "te-groot.pdf" { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(status, expected, "{name}: {page}");
        assert!(page.contains(says) && page.contains("role=\"alert\""), "{name}: {page}");
        // what was typed is still there, but for the file, which no browser lets a page fill in
        assert!(name == "te-groot.pdf" || page.contains("een verzonnen opmerking"), "{name}: {page}");
        assert!(!page.contains("\u{202e}"), "{name}");
    }
    // nothing chosen: a browser sends an empty part
    let (status, page) = form.hand_in("", b"").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("Kies een bestand"), "{status}");
    // a month that is none
    let wrong = form.again().await;
    let at = wrong.find("valid_from-maand\"\r\n\r\n").unwrap() + "valid_from-maand\"\r\n\r\n".len();
    let end = at + wrong[at..].find("\r\n").unwrap();
    let body = [&wrong.as_bytes()[..at], b"13", &wrong.as_bytes()[end..], &file("stuk.pdf", &pdf("maand"))].concat();
    let (status, page) = send(post(&form.path, &form.cookie, MULTIPART, body)).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("#valid_from-dag"), "{status}: {page}");
    assert_eq!((form.documents().await, crate::routes::facts().await), before);
}

#[tokio::test]
async fn a_form_that_is_broken_or_not_ours_is_refused() {
    let form = form(3).await;
    let before = form.documents().await;
    let whole = [form.fields.as_bytes(), &file("stuk.pdf", &pdf("gebroken"))].concat();
    // the line was lost halfway the file
    let cut = whole[..whole.len() - 20].to_vec();
    let (status, page) = send(post(&form.path, &form.cookie, MULTIPART, cut)).await;
    assert!(status == StatusCode::BAD_REQUEST && page.contains("niet in zijn geheel"), "{status}: {page}");
    // another kind of form
    let (status, _) = send(post(&form.path, &form.cookie, FORM, "csrf=x")).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let twice = [form.fields.as_bytes(), &file("a.pdf", &pdf("a"))[..]].concat();
    let twice = [&twice[..twice.len() - "--grens--\r\n".len()], &file("b.pdf", &pdf("b"))].concat();
    let (status, _) = send(post(&form.path, &form.cookie, MULTIPART, twice)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "two files");
    let more = [part("stemming", "goed").as_bytes(), &whole].concat();
    let (status, page) = send(post(&form.path, &form.cookie, MULTIPART, more)).await;
    assert!(status == StatusCode::BAD_REQUEST && page.contains("stemming"), "{status}");
    // who may not hand in
    for login in ["begeleider.groningen", "opvang.groningen", "politie.groningen", "coordinator.utrecht"] {
        let (cookie, ..) = signed_in(login).await;
        let (status, _) = send(post(&form.path, &cookie, MULTIPART, whole.clone())).await;
        assert!(matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{login}: {status}");
    }
    assert_eq!(form.documents().await, before);
}

/// A body that counts how much of it was asked for.
fn counted(start: Vec<u8>, pieces: usize) -> (Body, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let start = std::iter::once(Bytes::from(start));
    let rest = std::iter::repeat_with(|| Bytes::from(vec![b'a'; MB])).take(pieces);
    let all = start.chain(rest).inspect(move |piece| {
        counting.fetch_add(piece.len(), Ordering::Relaxed);
    });
    (Body::new(Pieces { all, ready: false }), asked)
}

/// A body of pieces that are made when they are asked for, each a while after the one before, as on a line.
struct Pieces<I> {
    all: I,
    ready: bool,
}

impl<I: Iterator<Item = Bytes> + Unpin> hyper::body::Body for Pieces<I> {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.ready = !self.ready;
        if !self.ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.all.next().map(|piece| Ok(Frame::data(piece))))
    }
}

/// One piece, and then nothing more comes.
struct Silent(Option<Bytes>);

impl hyper::body::Body for Silent {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.take().map_or(Poll::Pending, |piece| Poll::Ready(Some(Ok(Frame::data(piece)))))
    }
}

#[tokio::test]
async fn two_gigabytes_are_not_read() {
    let form = form(4).await;
    let head = [form.fields.as_bytes(), &file("groot.pdf", b"%PDF-1.7\n")[..]].concat();
    let head = head[..head.len() - "\r\n--grens--\r\n".len()].to_vec();
    // it says so itself: nothing of it is read
    let (body, asked) = counted(head.clone(), 2048);
    let mut request = post(&form.path, &form.cookie, MULTIPART, body);
    request.headers_mut().insert(header::CONTENT_LENGTH, (2_u64 << 30).into());
    let response = world().router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.headers()[header::CONNECTION], "close");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    // it does not: no further than the largest file
    let (body, asked) = counted(head.clone(), 2048);
    let response = world().router.clone().oneshot(post(&form.path, &form.cookie, MULTIPART, body)).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let read = asked.load(Ordering::Relaxed);
    assert!(read < 24 * MB, "{read}");
    let page = axum::body::to_bytes(response.into_body(), MB).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("niet groter dan 20 MB"));
    // of a form that is not ours the file is not waited for
    let csrf = part("csrf", "").len() - "\r\n".len();
    let mut forged = head;
    forged[csrf] ^= 1;
    let request = post(&form.path, &form.cookie, MULTIPART, Body::new(Silent(Some(forged.into()))));
    let answer = world().router.clone().oneshot(request);
    let response = tokio::time::timeout(std::time::Duration::from_secs(20), answer).await.expect("an answer");
    assert_eq!(response.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_line_that_sends_pieces_without_a_length_or_stops_halfway_leaves_nothing() {
    let form = form(5).await;
    let before = form.documents().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = web::router(App::new(world().desk.clone(), None, vec![], false));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(web::serve::take(listener, router, None, Patience::default(), async move { drop(stopped.await) }));
    let head = |length: &str| {
        format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nContent-Type: {MULTIPART}\r\n{length}\r\n\r\n",
            form.path, form.cookie
        )
    };
    let say = async |bytes: Vec<u8>, hang_up: bool| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        if hang_up {
            return String::new();
        }
        let mut answer = Vec::new();
        let patience = std::time::Duration::from_secs(5);
        let _ = tokio::time::timeout(patience, stream.read_to_end(&mut answer)).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    let pieces = [head("Transfer-Encoding: chunked").as_bytes(), b"5\r\nabcde\r\n0\r\n\r\n"].concat();
    let answer = say(pieces, false).await;
    assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
    let large = [head("Content-Length: 2147483648").as_bytes(), form.fields.as_bytes()].concat();
    let answer = say(large, false).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("niet groter dan 20 MB"), "{answer}");
    let body = [form.fields.as_bytes(), &file("stuk.pdf", &pdf("halverwege"))].concat();
    let length = format!("Content-Length: {}", body.len());
    let half = [head(&length).as_bytes(), &body[..body.len() - 30]].concat();
    say(half, true).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(form.documents().await, before);
    // and the same form, whole, is taken after that
    let whole = [head(&format!("{length}\r\nConnection: close")).as_bytes(), &body].concat();
    let answer = say(whole, false).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(form.documents().await, before + 1);
    drop(stop);
}

#[tokio::test]
async fn whoever_may_not_see_an_item_finds_its_released_document_on_no_page_of_the_pack() {
    let (cookie, _, who) = signed_in("coordinator.groningen").await;
    let logins =
        ["coordinator.groningen", "begeleider.groningen", "ind.groningen", "dtv.groningen", "politie.groningen"];
    let mut members = Vec::new();
    for login in logins {
        members.push((login, signed_in(login).await));
    }
    let plan = desk::conference::Plan {
        board: domain::codes::Board::Lso,
        site: "groningen".parse().unwrap(),
        on: "2022-08-04".parse().unwrap(),
        at: jiff::civil::time(9, 30, 0, 0),
        minutes: 120,
        place: "stadhuis".into(),
        invited: members.iter().map(|(_, (.., who))| who.user).collect(),
    };
    let command = || domain::ids::CommandId(journal::Entropy::id(&journal::SystemEntropy));
    let sitting = world().desk.plan_sitting(&who, command(), plan).await.unwrap();
    // a case that stands on no other agenda
    let mut placed = None;
    for number in 0..20 {
        let form = form(number).await;
        let why = domain::codes::Why::BroughtIn;
        let case = desk::conference::Placing { case: form.case, why, question: "wat nu?".into(), also: false };
        if world().desk.place(&who, command(), sitting, vec![case]).await.is_ok() {
            placed = Some(form);
            break;
        }
    }
    let form = placed.expect("a case to place");
    assert_eq!(form.hand_in("Kanariestuk.pdf", &pdf("voor het overleg")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(form.hand_in("Kanariedossier.pdf", &pdf("alleen in het dossier")).await.0, StatusCode::SEE_OTHER);
    let named = |file: &desk::File, name: &str| {
        let mut all = file.trajectory.documents.iter();
        all.find(|one| one.detail.as_ref().is_some_and(|detail| detail.name == name)).unwrap().fact
    };
    let file = world().desk.file(&who, form.case).await.unwrap();
    let (released, kept) = (named(&file, "Kanariestuk.pdf"), named(&file, "Kanariedossier.pdf"));
    // released over the page
    let path = format!("/traject/{}/doe/document-vrijgeven?bij={released}", form.case);
    let (status, page) = send(get(&path, &cookie)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let hidden = |name: &str| {
        let rest = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
        rest.split('"').next().unwrap().to_owned()
    };
    let body = format!(
        "csrf={}&opdracht={}&versie={}&valid_from-dag=1&valid_from-maand=7&valid_from-jaar=2022&board=lso&note=",
        hidden("csrf"),
        hidden("opdracht"),
        hidden("versie")
    );
    let (status, page) = send(post(&path, &cookie, FORM, body)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for (login, (cookie, ..)) in &members {
        let sees = !["begeleider.groningen", "politie.groningen"].contains(login);
        let base = format!("/overleg/{sitting}");
        let one = format!("{base}/stukken/{}", form.case);
        for path in [base.clone(), format!("{base}/stukken"), one.clone(), format!("{base}/afdruk")] {
            let (status, page) = send(get(&path, cookie)).await;
            assert_eq!(status, StatusCode::OK, "{login} {path}");
            assert!(!page.contains("Kanariedossier"), "{login} {path}");
            let shown = sees && (path == one || path.ends_with("/afdruk"));
            assert_eq!(page.contains("Kanariestuk"), shown, "{login} {path}");
        }
        for (fact, there) in [(released, sees), (kept, false)] {
            let (status, page) = send(get(&format!("{one}/document/{fact}"), cookie)).await;
            let expected = if there { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(status, expected, "{login}");
            assert_eq!(page.contains("voor het overleg"), there, "{login}");
        }
    }
}

#[tokio::test]
async fn a_document_with_malware_is_refused_on_the_form_and_its_maker_is_told_what_stays_in_it() {
    let stand_in = journal::testing::scanner::StandIn::start();
    let form = form(3).await;
    let (_, page) = send(get(&form.path, &form.cookie)).await;
    assert!(
        page.contains("wie het maakte") && page.contains("vindt u goed"),
        "what is consented to stands there: {page}"
    );
    world().desk.scan_documents_with(stand_in.address.parse().unwrap());
    let before = form.documents().await;
    let infected = pdf(&String::from_utf8(journal::testing::scanner::eicar()).unwrap());
    let (status, page) = form.hand_in("verslag.pdf", &infected).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("vond de scanner een virus") && page.contains("een verzonnen opmerking"), "{page}");
    stand_in.be(journal::testing::scanner::Mood::Closes);
    let (status, page) = form.hand_in("verslag.pdf", &pdf("schoon")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("later opnieuw"), "{page}");
    assert_eq!(form.documents().await, before);
    stand_in.be(journal::testing::scanner::Mood::Well);
    let (status, page) = form.hand_in("verslag.pdf", &pdf("schoon")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(form.documents().await, before + 1);
}

#[tokio::test]
async fn who_guides_finds_its_own_items_on_the_page_and_delivers_them_by_the_form() {
    use crate::scenario::{Colleague, admission, dated, fields, registered};
    let (lead, guide) = (Colleague::new("coordinator.groningen").await, Colleague::new("begeleider.groningen").await);
    let case = registered(&lead, "Leverda Voorbeeldsma", "2022-01-03").await;
    lead.takes(case, "toelating", "2022-01-04", &admission("2022-01-04", "voldoet")).await;
    let take = fields(&[("task", "case-manager"), ("user", &guide.who.user.to_string())]);
    lead.takes(case, "medewerker", "2022-01-05", &take).await;
    lead.takes(case, "intake", "2022-01-05", &fields(&[("best_language", "ti")])).await;
    let own = guide.who.org.to_string();
    for (partner, item) in [(own.as_str(), "intake-report"), ("ind", "interviews")] {
        let asked = fields(&[("partner", partner), ("items", item), ("note", "")]);
        lead.takes(case, "dossier-vragen", "2022-01-06", &asked).await;
    }
    let page = guide.sees(&format!("/traject/{case}/dossier")).await;
    assert!(
        page.contains(&format!("documenten/nieuw?van={own}&#38;stuk=intake-report"))
            || page.contains(&format!("documenten/nieuw?van={own}&amp;stuk=intake-report")),
        "{page}"
    );
    assert!(!page.contains("nieuw?van=ind"), "the part of the IND is not theirs");
    let form = guide.sees(&format!("/traject/{case}/doe/dossier-geleverd")).await;
    assert!(form.contains(&format!("value=\"{own}\"")) && form.contains("value=\"intake-report\""));
    assert!(
        !form.contains("value=\"ind\" ") && !form.contains("value=\"interviews\""),
        "no choice of what is another's"
    );
    let told = |partner: &str, item: &str| {
        [dated("valid_from", "2022-01-07"), fields(&[("partner", partner), ("items", item), ("note", "verzonnen")])]
            .concat()
    };
    let path = format!("/traject/{case}/doe/dossier-geleverd");
    let (status, ..) = guide.sends(&path, "", &told("ind", "interviews")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "also when a browser sends it all the same");
    let (status, _, page) = guide.sends(&path, "", &told(&own, "intake-report")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let page = lead.sees(&format!("/traject/{case}/dossier")).await;
    assert!(page.contains("Geleverd") || page.contains("Binnen") || page.contains("geleverd"), "{page}");
}
