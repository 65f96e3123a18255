//! What stands in the way of a form that was sent: someone was first, or the same form was sent before.

use crate::{
    form::{COMMAND, FormData},
    session::Signed,
};

/// Whose change it was, and both versions, above the form that is still filled in.
pub(crate) struct Conflict {
    /// Who was first.
    pub(crate) title: String,
    /// What others recorded: when and by whom, and what it says.
    pub(crate) changes: Vec<(String, Vec<String>)>,
    /// What was filled in here.
    pub(crate) yours: Vec<(String, String)>,
    /// Address and words of the place where all of it stands.
    pub(crate) look: (String, String),
}

impl Signed {
    /// The same form under a new command, with a word about it: it was saved before, went back to, changed and sent
    /// again. Nothing of it is lost, and sent once more it is a second record on purpose.
    pub(crate) fn sent_before(&self, data: FormData) -> FormData {
        let mut data = data.again(COMMAND, self.new_command());
        data.wrong_words("", self.l.t("form-sent-before"));
        data
    }
}
