//! Stylesheet, script, icons and fonts of the pages, and the fonts of letters, embedded in the program.
//!
//! The names carry a hash of the content, so they may be cached for ever. A page names them by the constants
//! ([`CSS`], [`JS`], [`ICONS`], [`LOGO`]): a file that is gone is a compile error, not a page without style.

/// One embedded file.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// The path below `/assets/`.
    pub path: &'static str,
    /// What to send as `Content-Type`.
    pub mime: &'static str,
    /// The bytes as they are.
    pub raw: &'static [u8],
    /// The same, compressed with brotli; fonts have none, they are compressed already.
    pub br: Option<&'static [u8]>,
    /// The same, compressed with gzip.
    pub gz: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at this path below `/assets/`.
pub fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_embedded_and_has_a_checksum() {
        for (address, sri) in [(CSS, CSS_SRI), (JS, JS_SRI), (ICONS, ICONS_SRI), (LOGO, LOGO_SRI)] {
            let file = address.strip_prefix("/assets/").and_then(find);
            assert!(
                file.is_some_and(|file| !file.raw.is_empty() && file.br.is_some() && file.gz.is_some()),
                "{address}"
            );
            assert!(sri.starts_with("sha384-"), "{address}");
        }
    }

    #[test]
    fn an_unknown_path_has_no_file() {
        assert!(find("../Cargo.toml").is_none());
        assert!(find("").is_none());
    }

    /// The design system's own brand may not be shipped: its font, its drawings, its colours.
    #[test]
    fn nothing_of_another_brand_is_shipped() {
        let css = CSS.strip_prefix("/assets/").and_then(find).map_or(&[][..], |file| file.raw);
        let css = String::from_utf8_lossy(css);
        for theirs in ["Amsterdam Sans", "data:", "#004699", "#ec0000", "#154273"] {
            assert!(!css.contains(theirs), "{theirs}");
        }
    }
}
