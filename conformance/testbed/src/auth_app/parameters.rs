//! Parameters of queries and forms.

use super::refusal::Refusal;

/// Names and values in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of `application/x-www-form-urlencoded`.
    pub(super) fn parse(octets: &[u8]) -> Self {
        Self(form_urlencoded::parse(octets).into_owned().collect())
    }

    /// Those of the query of a target or URL.
    pub(super) fn of_target(target: &str) -> Self {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        Self::parse(query.as_bytes())
    }

    /// The first value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A value that has to be there.
    pub(super) fn required(&self, name: &'static str, missing: Refusal) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or(missing)
    }

    /// Parameters must not be sent more than once (RFC 6749, 3.1 and 3.2).
    pub(super) fn has_duplicates(&self) -> bool {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        names.sort();
        names
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one == other))
    }

    /// The same with another value.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn all(&self) -> &[(String, String)] {
        &self.0
    }
}

/// A URI with more parameters in its query.
pub(super) fn with_query<'p>(
    uri: &str,
    parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", query.finish())
}
