//! Signing in at an identity provider of an organisation: OpenID Connect, code with PKCE, state and nonce.
//!
//! Nobody gets an account by it: someone at the provider is matched once to an account that is there, by a claim that the
//! programme's administrator chose, and from then on by the provider's own id of that person. No token reaches the browser.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ids::UserId, refusal::Refusal};
use jiff::{SignedDuration, Timestamp};
use journal::params;
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
};
use serde::Deserialize;

use super::{EventKind, Way, session::From as SignInFrom};
use crate::{Desk, Failure, aside};

/// How long someone may take at the provider.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// Most sign-ins under way at the same time; older ones are forgotten.
const MOST: usize = 1000;
/// Longest answer of a provider, in bytes.
const LONGEST: u64 = 1024 * 1024;

const FIND: &str = "SELECT account FROM identity WHERE issuer = $1 AND subject = $2";
const OTHER: &str = "SELECT subject FROM identity WHERE issuer = $1 AND account = $2";
const LINK: &str = "INSERT INTO identity (issuer, subject, account, made_at) VALUES ($1, $2, $3, $4)";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[FIND, OTHER, LINK];

/// An identity provider, as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Short name in addresses: lower-case letters, digits and hyphens.
    pub id: String,
    /// Name on the button.
    pub name: String,
    /// Its address, exactly as its tokens name it.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// File with our secret there; none for a public client.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// The claim that equals the login of an account, the first time.
    #[serde(default = "preferred")]
    pub login_claim: String,
    /// Values of `acr` that mean a second factor was shown there.
    #[serde(default)]
    pub second_factor_acr: Vec<String>,
    /// Values of `amr` that mean the same.
    #[serde(default)]
    pub second_factor_amr: Vec<String>,
}

fn preferred() -> String {
    "preferred_username".to_owned()
}

/// What the file with providers holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    /// Each of them.
    pub provider: Vec<Provider>,
}

struct Waiting {
    provider: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    back: String,
    since: Timestamp,
}

/// What the provider sends back by way of the browser.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Returned {
    /// The code.
    #[serde(default)]
    pub code: String,
    /// What we sent along.
    #[serde(default)]
    pub state: String,
    /// Who sends it, where the provider says so (RFC 9207).
    #[serde(default)]
    pub iss: Option<String>,
}

/// The identity providers, and the sign-ins under way at them.
pub struct Oidc {
    providers: Vec<(Provider, Option<String>)>,
    agent: ureq::Agent,
    waiting: Mutex<HashMap<String, Waiting>>,
}

/// What was wrong, in a fixed word for the log; the person reads that it did not work, and no more.
fn refused(why: &'static str) -> Failure {
    tracing::warn!(why, "signing in at an identity provider was refused");
    Refusal::new("identity-refused").with("why", why).into()
}

fn not_set_up(why: impl std::fmt::Display) -> Failure {
    Failure::Unreadable(format!("identity provider: {why}"))
}

type Client = openidconnect::Client<
    openidconnect::EmptyAdditionalClaims,
    openidconnect::core::CoreAuthDisplay,
    openidconnect::core::CoreGenderClaim,
    openidconnect::core::CoreJweContentEncryptionAlgorithm,
    openidconnect::core::CoreJsonWebKey,
    openidconnect::core::CoreAuthPrompt,
    openidconnect::StandardErrorResponse<openidconnect::core::CoreErrorResponseType>,
    openidconnect::core::CoreTokenResponse,
    openidconnect::core::CoreTokenIntrospectionResponse,
    openidconnect::core::CoreRevocableToken,
    openidconnect::core::CoreRevocationErrorResponse,
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

impl Oidc {
    /// From the providers and their secrets.
    ///
    /// # Errors
    /// An id or address that cannot be, or two providers with the same one.
    pub fn new(providers: Vec<(Provider, Option<String>)>) -> Result<Self, Failure> {
        for (at, (provider, _)) in providers.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if provider.id.is_empty() || !provider.id.chars().all(plain) {
                return Err(not_set_up(format!("{}: use lower-case letters, digits and hyphens as id", provider.id)));
            }
            let same = |(other, _): &(Provider, _)| other.id == provider.id || other.issuer == provider.issuer;
            if providers[..at].iter().any(same) {
                return Err(not_set_up(format!("{}: this id or issuer is there twice", provider.id)));
            }
            let url =
                url::Url::parse(&provider.issuer).map_err(|error| not_set_up(format!("{}: {error}", provider.id)))?;
            let near = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
            if url.scheme() != "https" && !near {
                return Err(not_set_up(format!("{}: the issuer must begin with https://", provider.id)));
            }
        }
        // no redirects: an answer could send us anywhere
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into();
        Ok(Self { providers, agent, waiting: Mutex::new(HashMap::new()) })
    }

    /// Short name and name of each.
    pub fn names(&self) -> Vec<(String, String)> {
        self.providers.iter().map(|(provider, _)| (provider.id.clone(), provider.name.clone())).collect()
    }

    fn find(&self, id: &str) -> Result<(Provider, Option<String>), Failure> {
        self.providers.iter().find(|(provider, _)| provider.id == id).cloned().ok_or(Failure::Hidden)
    }

    fn take(&self, state: &str, now: Timestamp) -> Option<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(state).filter(|waiting| now.duration_since(waiting.since) <= PATIENCE)
    }

    fn keep(&self, state: String, new: Waiting, now: Timestamp) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, waiting| now.duration_since(waiting.since) <= PATIENCE);
        if waiting.len() >= MOST {
            let oldest = waiting.iter().min_by_key(|(_, waiting)| waiting.since).map(|(state, _)| state.clone());
            oldest.map(|oldest| waiting.remove(&oldest));
        }
        waiting.insert(state, new);
    }
}

fn call(agent: &ureq::Agent, request: &HttpRequest) -> Result<HttpResponse, Box<ureq::Error>> {
    let uri = request.uri().to_string();
    let mut response = if request.method() == openidconnect::http::Method::POST {
        let start = agent.post(&uri);
        request
            .headers()
            .iter()
            .fold(start, |sent, (name, value)| sent.header(name, value))
            .send(&request.body()[..])?
    } else {
        let start = agent.get(&uri);
        request.headers().iter().fold(start, |sent, (name, value)| sent.header(name, value)).call()?
    };
    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec()?;
    let (parts, _) = response.into_parts();
    Ok(HttpResponse::from_parts(parts, body))
}

/// Asks the provider who it is and which keys it signs with. The issuer it names must be the one of our file.
fn client(agent: &ureq::Agent, provider: &Provider, secret: Option<String>, redirect: &str) -> Result<Client, Failure> {
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(not_set_up)?;
    let get = |request: HttpRequest| call(agent, &request);
    let metadata = CoreProviderMetadata::discover(&issuer, &get).map_err(|_| refused("discovery"))?;
    let redirect = RedirectUrl::new(redirect.to_owned()).map_err(not_set_up)?;
    let id = ClientId::new(provider.client_id.clone());
    Ok(CoreClient::from_provider_metadata(metadata, id, secret.map(ClientSecret::new)).set_redirect_uri(redirect))
}

/// Who signed in at a provider.
struct Person {
    issuer: String,
    subject: String,
    login: Option<String>,
    second: bool,
}

/// Exchanges the code, and checks the token: signature, issuer, audience, time and nonce.
fn person(
    agent: &ureq::Agent,
    provider: &Provider,
    client: &Client,
    code: String,
    waiting: Waiting,
    now: Timestamp,
) -> Result<Person, Failure> {
    let post = |request: HttpRequest| call(agent, &request);
    let request = client.exchange_code(AuthorizationCode::new(code)).map_err(not_set_up)?;
    let answer = request.set_pkce_verifier(waiting.verifier).request(&post).map_err(|_| refused("code"))?;
    let token = answer.id_token().ok_or_else(|| refused("no id token"))?;
    let verifier = client.id_token_verifier().set_time_fn(move || {
        chrono::DateTime::from_timestamp(now.as_second(), 0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC)
    });
    let claims = token.claims(&verifier, &waiting.nonce).map_err(|error| {
        use openidconnect::ClaimsVerificationError as Wrong;
        refused(match error {
            Wrong::Expired(_) => "expired",
            Wrong::InvalidAudience(_) => "audience",
            Wrong::InvalidIssuer(_) => "issuer",
            Wrong::InvalidNonce(_) => "nonce",
            Wrong::SignatureVerification(_) | Wrong::Unsupported(_) => "signature",
            _ => "token",
        })
    })?;
    let acr = claims.auth_context_ref().map(|acr| acr.as_str());
    let amr = claims.auth_method_refs().map(Vec::as_slice).unwrap_or_default();
    // a provider that says nothing is taken to have asked a password alone
    let second = acr.is_some_and(|acr| provider.second_factor_acr.iter().any(|good| good == acr))
        || amr.iter().any(|amr| provider.second_factor_amr.iter().any(|good| good == amr.as_str()));
    // the token was verified above; here only the claim of our choice is read from it
    let text = token.to_string();
    let payload = text.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let payload: Option<serde_json::Value> = payload.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let login = payload.as_ref().and_then(|all| all.get(&provider.login_claim)?.as_str()).map(str::to_lowercase);
    Ok(Person { issuer: claims.issuer().to_string(), subject: claims.subject().to_string(), login, second })
}

impl Desk {
    fn redirect_of(&self, provider: &str) -> String {
        // each provider has an address of its own: an answer of one cannot pass for that of another
        format!("{}/inloggen/oidc/{provider}/terug", self.rules().origin.trim_end_matches('/'))
    }

    /// Begins signing in at a provider: the address to send the browser to, and the state that it has to bring back in a cookie.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for a provider that is not there, or when it cannot be reached.
    pub async fn begin_oidc(&self, oidc: &Arc<Oidc>, id: &str, back: String) -> Result<(String, String), Failure> {
        let (provider, secret) = oidc.find(id)?;
        let (redirect, now, oidc) = (self.redirect_of(id), self.inner.clock.real(), Arc::clone(oidc));
        let (state, nonce, words) = (self.secret(), self.secret(), self.secret());
        let begun = aside(move || {
            let client = client(&oidc.agent, &provider, secret, &redirect)?;
            let verifier = PkceCodeVerifier::new(words);
            let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
            let (sent_state, sent_nonce) = (state.clone(), nonce.clone());
            let flow: CoreAuthenticationFlow = AuthenticationFlow::AuthorizationCode;
            let request =
                client.authorize_url(flow, move || CsrfToken::new(sent_state), move || Nonce::new(sent_nonce));
            let request = ["profile", "email"]
                .iter()
                .fold(request, |asked, scope| asked.add_scope(Scope::new((*scope).to_owned())));
            let (url, ..) = request.set_pkce_challenge(challenge).url();
            let waiting = Waiting { provider: provider.id, nonce: Nonce::new(nonce), verifier, back, since: now };
            oidc.keep(state.clone(), waiting, now);
            Ok((url.to_string(), state))
        });
        begun.await?
    }

    /// Ends signing in at a provider. `carried`: the state in the cookie. Returns the session's token and where one was going.
    ///
    /// # Errors
    /// `identity-refused`, with a word for what was wrong; [`Failure::Hidden`] for a provider that is not there.
    pub async fn end_oidc(
        &self,
        oidc: &Arc<Oidc>,
        id: &str,
        returned: Returned,
        carried: Option<&str>,
        from: SignInFrom,
    ) -> Result<(String, String), Failure> {
        match self.person_at(oidc, id, returned, carried).await {
            Ok((user, second, back)) => Ok((self.open_session(user, Way::Oidc, second, from).await?, back)),
            Err(failure) => {
                // a name that somebody has elsewhere is no account here, and not kept
                if matches!(failure, Failure::Refused(_)) {
                    for note in self.failed(None, Way::Oidc, &from) {
                        self.keep_note(note).await?;
                    }
                }
                Err(failure)
            }
        }
    }

    /// Who came back from a provider, whether with a second factor, and where they were going.
    async fn person_at(
        &self,
        oidc: &Arc<Oidc>,
        id: &str,
        returned: Returned,
        carried: Option<&str>,
    ) -> Result<(UserId, bool, String), Failure> {
        let (provider, secret) = oidc.find(id)?;
        let now = self.inner.clock.real();
        if returned.state.is_empty() || carried != Some(returned.state.as_str()) {
            return Err(refused("state"));
        }
        // each state works once: a replayed answer finds nothing
        let waiting = oidc.take(&returned.state, now).filter(|waiting| waiting.provider == id);
        let waiting = waiting.ok_or_else(|| refused("state"))?;
        if returned.iss.as_ref().is_some_and(|iss| *iss != provider.issuer) {
            return Err(refused("issuer"));
        }
        if returned.code.is_empty() {
            return Err(refused("no code"));
        }
        let (back, redirect, oidc) = (waiting.back.clone(), self.redirect_of(id), Arc::clone(oidc));
        let found = aside(move || {
            let client = client(&oidc.agent, &provider, secret, &redirect)?;
            person(&oidc.agent, &provider, &client, returned.code, waiting, now)
        });
        let person = found.await??;
        let second = person.second;
        Ok((self.account_of(person, now).await?, second, back))
    }

    /// The account of someone at a provider; the first time by the claim, and then by the provider's own id.
    async fn account_of(&self, person: Person, now: Timestamp) -> Result<UserId, Failure> {
        let by_login = person.login.as_deref().and_then(|login| self.inner.accounts.by_login(login));
        let note = by_login.map(|user| self.note(EventKind::Linked, Some(user), Some(user), person.issuer.clone()));
        let found = self.inner.store.write(move |tx| {
            let (issuer, subject) = (person.issuer.as_str(), person.subject.as_str());
            let known = tx.one(FIND, params![issuer, subject], |row| Ok(UserId(row.get(0)?)))?;
            let (Some(user), Some(note)) = (by_login.filter(|_| known.is_none()), note) else { return Ok(known) };
            // an account is one person there: a second one with the same claim is not let in
            if tx.one(OTHER, params![issuer, user.0], |row| row.get::<String>(0))?.is_some() {
                return Ok(None);
            }
            tx.exec(LINK, params![issuer, subject, user.0, now])?;
            note.keep(tx)?;
            Ok::<_, Failure>(Some(user))
        });
        let user = found.await?.ok_or_else(|| refused("no account"))?;
        if self.inner.accounts.active(user).is_none() {
            return Err(refused("no account"));
        }
        Ok(user)
    }
}
