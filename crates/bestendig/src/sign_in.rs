//! How signing in is set up, from the command line.

use std::path::Path;

use anyhow::{Context as _, Result};
use desk::oidc::{Oidc, Provider, Providers};
use web::App;

use crate::args::Serve;

/// Passkeys and identity providers are bound to the address in the browser.
pub(crate) fn rules(desk: &desk::Desk, serve: &Serve, origin: String) {
    desk.set_rules(desk::SignInRules { origin, suspend_overdue: serve.suspend_overdue });
}

/// With the identity providers of a file, if one is named.
pub(crate) fn providers(app: App, serve: &Serve) -> Result<App> {
    let Some(file) = &serve.oidc else { return Ok(app) };
    let wrong = || format!("{}", file.display());
    let text = std::fs::read_to_string(file).with_context(wrong)?;
    let providers: Providers = toml::from_str(&text).with_context(wrong)?;
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let with_secrets = providers.provider.into_iter().map(|provider| with_secret(folder, provider));
    Ok(app.with_oidc(Oidc::new(with_secrets.collect::<Result<_>>()?).with_context(wrong)?))
}

/// The secret stands in a file of its own, named from the folder of the first.
fn with_secret(folder: &Path, provider: Provider) -> Result<(Provider, Option<String>)> {
    let secret = provider.client_secret_file.as_ref().map(|name| {
        let file = folder.join(name);
        std::fs::read_to_string(&file).with_context(|| file.display().to_string())
    });
    let secret = secret.transpose()?.and_then(|text| text.lines().next().map(str::to_owned));
    Ok((provider, secret))
}
