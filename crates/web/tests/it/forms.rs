//! What someone sends comes back whole: read, or with every mistake named.

use axum::http::StatusCode;
use domain::codes::{Category, Sex};
use web::{
    form::{BadForm, Choice, FieldKind, FieldSpec, FormData, FormView, cell, visible},
    text::{L, Lang},
};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=UTF-8");
const NL: L = L::new(Lang::Nl);

fn fields() -> Vec<FieldSpec> {
    let field = |name, kind| FieldSpec::new(name, "form-day", kind, Category::Identity);
    let sexes = || Sex::ALL.iter().map(|sex| Choice::new(sex.code(), sex.code())).collect();
    vec![
        field("naam", FieldKind::Text { max: 20 }).required(),
        field("tekst", FieldKind::TextArea).hint("form-partial-hint"),
        field("v_nummer", FieldKind::Text { max: 20 }),
        field("vanaf", FieldKind::Date).required(),
        field("geboren", FieldKind::PartialDate),
        field("geslacht", FieldKind::Select(sexes())),
        field("kies", FieldKind::Radios(sexes())),
        field("vinken", FieldKind::Checkboxes(sexes())),
        field("feit", FieldKind::Hidden),
        field("rij", FieldKind::Repeat { rows: 1, columns: vec![field("wie", FieldKind::Text { max: 9 }).required()] }),
    ]
}

fn parse(body: &str) -> Result<FormData, BadForm> {
    FormData::parse(FORM, body.as_bytes(), &fields())
}

fn error(data: &FormData, field: &str) -> String {
    data.errors().of(field, NL).unwrap_or_default()
}

#[test]
fn something_else_than_a_form_is_refused_with_what_it_is() {
    let bad = FormData::parse(Some("text/csv"), b"naam;vanaf", &fields()).unwrap_err();
    assert_eq!(bad, BadForm::NotAForm(Some("text/csv".into())));
    assert_eq!(bad.page(Lang::En).status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let bad = FormData::parse(None, b"", &fields()).unwrap_err();
    assert_eq!(bad.page(Lang::Nl).status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn broken_bytes_are_refused_with_the_field() {
    for body in ["naam=a&tekst=%4", "naam=a&tekst=%zz", "naam=a&tekst=%ff%fe"] {
        let bad = parse(body).unwrap_err();
        assert_eq!(bad, BadForm::Malformed("tekst".into()), "{body}");
        assert_eq!(bad.page(Lang::Nl).status(), StatusCode::BAD_REQUEST);
    }
}

#[test]
fn a_field_the_form_does_not_have_is_refused_by_name() {
    for name in ["rol", "vanaf", "vanaf-uur", "rij-0-wie", "rij-01-wie", "rij-99-wie", "rij-1-wat", "vinken-1"] {
        assert_eq!(parse(&format!("{name}=x")).unwrap_err(), BadForm::Unknown(name.into()));
    }
}

#[test]
fn one_field_twice_is_refused_but_a_box_may_be_ticked_with_others() {
    for name in ["naam", "csrf", "vanaf-dag", "rij-1-wie"] {
        assert_eq!(parse(&format!("{name}=a&{name}=b")).unwrap_err(), BadForm::Repeated(name.into()));
    }
    let mut data = parse("vinken=male&vinken=female&vinken=male").unwrap();
    let codes: Vec<String> = data.codes("vinken").iter().map(ToString::to_string).collect();
    assert_eq!(codes, ["male", "female"], "in the order in which they were sent, each once");
}

#[test]
fn values_are_read_as_they_are() {
    let mut data = parse(
        "csrf=x&opdracht=0190163d-8694-739b-aea5-966c26f8ad91&versie=4&naam=+Jos%C3%A9+&tekst=een%0D%0Atwee\
         &v_nummer=281.555.0142&vanaf-dag=1&vanaf-maand=7&vanaf-jaar=2022&geboren-dag=&geboren-maand=3&geboren-jaar=1988\
         &geslacht=female&rij-1-wie=&rij-2-wie=Bea",
    )
    .unwrap();
    assert_eq!(data.text("naam"), "José");
    assert_eq!(data.text("tekst"), "een\ntwee");
    assert_eq!(data.v_number("v_nummer").unwrap().digits(), "2815550142");
    assert_eq!(data.date("vanaf").unwrap().to_string(), "2022-07-01");
    assert_eq!(data.partial_date("geboren").unwrap().to_string(), "1988-03");
    assert_eq!(data.choice("geslacht", Sex::from_code), Some(Sex::Female));
    assert_eq!(data.code("kies"), None);
    assert_eq!(data.rows("rij"), [2]);
    assert_eq!(data.text(&cell("rij", 2, "wie")), "Bea");
    assert_eq!(data.version().unwrap(), Some(4));
    assert!(data.command().is_ok());
    assert!(data.is_right(), "{}", data.errors());
}

#[test]
fn a_typing_error_in_a_year_is_named_at_its_field() {
    let mut data = parse("vanaf-dag=1&vanaf-maand=7&vanaf-jaar=0219").unwrap();
    assert_eq!(data.date("vanaf"), None);
    let words = error(&data, "vanaf");
    assert!(words.contains("0219") && words.contains("1900"), "{words}");
}

#[test]
fn every_mistake_is_found_at_once() {
    let long = "x".repeat(21);
    let mut data = parse(&format!(
        "naam={long}&v_nummer=12&vanaf-dag=30&vanaf-maand=2&vanaf-jaar=2022&geboren-dag=3&geboren-maand=&geboren-jaar=1988\
         &geslacht=ander&kies=iets&vinken=niets"
    ))
    .unwrap();
    data.text("naam");
    data.v_number("v_nummer");
    data.date("vanaf");
    data.partial_date("geboren");
    data.code("geslacht");
    data.code("kies");
    data.codes("vinken");
    let wrong: Vec<&str> = data.errors().fields().collect();
    assert_eq!(wrong, ["naam", "v_nummer", "vanaf", "geboren", "geslacht", "kies", "vinken"]);
    assert!(error(&data, "vanaf").contains("februari"), "{}", error(&data, "vanaf"));
    assert!(error(&data, "naam").contains("21"), "{}", error(&data, "naam"));
}

#[test]
fn half_a_date_is_not_no_date() {
    for body in ["geboren-dag=3", "geboren-jaar=88", "geboren-maand=juli&geboren-jaar=1988", "geboren-jaar=%2B198"] {
        let mut data = parse(body).unwrap();
        assert_eq!(data.partial_date("geboren"), None);
        assert!(!data.is_right(), "{body}");
    }
    let mut data = parse("geboren-jaar=").unwrap();
    assert_eq!(data.partial_date("geboren"), None);
    assert!(data.is_right(), "it may stay empty");
}

#[test]
fn what_must_be_filled_in_is_asked_for() {
    let mut data = parse("naam=++&rij-1-wie=").unwrap();
    data.text("naam");
    data.date("vanaf");
    assert_eq!(data.errors().fields().collect::<Vec<_>>(), ["naam", "vanaf"]);
}

#[test]
fn one_line_is_one_line_and_has_no_control_characters() {
    for value in ["a%0Ab", "a%00b"] {
        let mut data = parse(&format!("naam={value}")).unwrap();
        data.text("naam");
        assert!(!data.is_right(), "{value}");
    }
}

#[test]
fn a_wrong_form_comes_back_with_what_was_typed_and_links_to_the_mistakes() {
    let mut data =
        parse("naam=%3Cscript%3E&vanaf-dag=31&vanaf-maand=2&vanaf-jaar=2022&geslacht=male&vinken=female").unwrap();
    data.date("vanaf");
    data.wrong_words("", "Iemand was u voor.");
    let html = FormView::new(NL, "/deelnemers", &data).sealed("geheim", "id", Some(7)).cancel("/").to_string();
    for part in [
        r#"value="&#60;script&#62;""#,
        r#"role="alert" tabindex="-1" data-bst-error-summary"#,
        "Verbeter 2 fouten",
        r##"<a href="#vanaf-dag">"##,
        "<li>Iemand was u voor.</li>",
        r#"id="vanaf-fout""#,
        r#"aria-describedby="vanaf-fout""#,
        r#"id="vanaf-dag" name="vanaf-dag" value="31""#,
        r#"<option value="male" selected>"#,
        r#"value="female" checked"#,
        r#"aria-describedby="tekst-hint""#,
        r#"name="csrf" value="geheim""#,
        r#"name="versie" value="7""#,
        r#"id="rij-1-wie""#,
    ] {
        assert!(html.contains(part), "{part} is not in\n{html}");
    }
    assert!(!html.contains("<script>") && !html.contains("style="));
}

#[test]
fn another_row_keeps_what_was_typed() {
    let data = parse("rij-1-wie=Bea&rij-2-wie=Cor&erbij=rij").unwrap();
    assert!(data.wants_more());
    let html = FormView::new(NL, "/", &data).to_string();
    assert!(html.contains("Bea") && html.contains("Cor") && html.contains("rij-3-wie") && !html.contains("rij-4-wie"));
}

#[test]
fn a_form_that_was_filled_in_beforehand_reads_back_the_same() {
    let day = jiff::civil::date(2022, 7, 1);
    let mut data = FormData::empty(&fields()).with("naam", "Bea").with_date("vanaf", day);
    assert_eq!((data.text("naam").as_str(), data.date("vanaf")), ("Bea", Some(day)));
}

#[test]
fn who_may_not_see_a_category_gets_no_field_of_it() {
    let notes = FieldSpec::new("verslag", "form-day", FieldKind::TextArea, Category::GuidanceNotes);
    let asker = access::Asker {
        role: domain::codes::Role::Coordinator,
        org_kind: domain::codes::OrgKind::Municipality,
        strength: access::Strength::SecondFactor,
    };
    let rows = access::allowed(asker, domain::codes::Purpose::Guidance, access::Settings::CLOSED);
    let see = rows.fold(access::Categories::default(), |all, row| all.and(row.see));
    let theirs = visible([fields(), vec![notes]].concat(), see);
    assert!(theirs.iter().any(|field| field.name == "naam") && theirs.iter().all(|field| field.name != "verslag"));
    assert!(FormData::parse(FORM, b"verslag=x", &theirs).is_err());
}
