//! One SQL text for SQLite and PostgreSQL: what is bound, what is read, and the transaction.
//!
//! The subset: TEXT, BIGINT and BLOB columns, `$1` parameters, `ON CONFLICT`, joins, aggregates.
//! Ids are 16-byte BLOBs, dates ISO text, times microseconds since 1970, booleans 0 and 1.

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::error::{Error, Result};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! from {
    ($($type:ty => |$value:ident| $made:expr;)+) => {$(
        impl From<$type> for Value { fn from($value: $type) -> Self { $made } }
    )+};
}

from! {
    i64 => |value| Self::Int(value);
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    &[u8] => |value| Self::Blob(value.to_vec());
    Vec<u8> => |value| Self::Blob(value);
    Uuid => |value| Self::Blob(value.as_bytes().to_vec());
    Date => |value| Self::Text(value.to_string());
    Timestamp => |value| Self::Int(value.as_microsecond());
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A list of values to bind: `params![id, name]`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] as &[$crate::Value] };
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Owned::Null),
            Self::Int(value) => ToSqlOutput::Owned(Owned::Integer(*value)),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Blob(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

impl postgres::types::ToSql for Value {
    fn to_sql(
        &self,
        ty: &postgres::types::Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> std::result::Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(postgres::types::IsNull::Yes),
            Self::Int(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Blob(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(_: &postgres::types::Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads a column of SQLite.
    fn from_sqlite(row: &rusqlite::Row<'_>, at: usize) -> Result<Self>;
    /// Reads a column of PostgreSQL.
    fn from_postgres(row: &postgres::Row, at: usize) -> Result<Self>;
}

macro_rules! plain_column {
    ($($type:ty),+) => {$(
        impl Column for $type {
            fn from_sqlite(row: &rusqlite::Row<'_>, at: usize) -> Result<Self> { Ok(row.get(at)?) }
            fn from_postgres(row: &postgres::Row, at: usize) -> Result<Self> { Ok(row.try_get(at)?) }
        }
    )+};
}
plain_column!(i64, String, Vec<u8>, Option<i64>, Option<String>, Option<Vec<u8>>);

/// A column that is kept as another type and may not fit.
macro_rules! derived_column {
    ($($type:ty as $kept:ty: |$value:ident| $made:expr;)+) => {$(
        impl Column for $type {
            fn from_sqlite(row: &rusqlite::Row<'_>, at: usize) -> Result<Self> {
                let $value = <$kept>::from_sqlite(row, at)?;
                $made.ok_or_else(|| misfit(at, stringify!($type)))
            }
            fn from_postgres(row: &postgres::Row, at: usize) -> Result<Self> {
                let $value = <$kept>::from_postgres(row, at)?;
                $made.ok_or_else(|| misfit(at, stringify!($type)))
            }
        }
        impl Column for Option<$type> {
            fn from_sqlite(row: &rusqlite::Row<'_>, at: usize) -> Result<Self> {
                let Some($value) = <Option<$kept>>::from_sqlite(row, at)? else { return Ok(None) };
                $made.map(Some).ok_or_else(|| misfit(at, stringify!($type)))
            }
            fn from_postgres(row: &postgres::Row, at: usize) -> Result<Self> {
                let Some($value) = <Option<$kept>>::from_postgres(row, at)? else { return Ok(None) };
                $made.map(Some).ok_or_else(|| misfit(at, stringify!($type)))
            }
        }
    )+};
}

derived_column! {
    Uuid as Vec<u8>: |bytes| Uuid::from_slice(&bytes).ok();
    Date as String: |text| text.parse::<Date>().ok();
    Timestamp as i64: |micros| Timestamp::from_microsecond(micros).ok();
    [u8; 32] as Vec<u8>: |bytes| <[u8; 32]>::try_from(bytes).ok();
}

fn misfit(at: usize, wanted: &str) -> Error {
    Error::Unusable(format!("column {at} of a row is not a {wanted}"))
}

/// A row of an answer.
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// The column at a place, from 0.
    ///
    /// # Errors
    /// When it is not of that type.
    pub fn get<T: Column>(&self, at: usize) -> Result<T> {
        match self {
            Self::Sqlite(row) => T::from_sqlite(row, at),
            Self::Postgres(row) => T::from_postgres(row, at),
        }
    }
}

/// A transaction on either database.
pub enum Tx<'a> {
    /// On SQLite.
    Sqlite(&'a rusqlite::Connection),
    /// On PostgreSQL.
    Postgres(&'a mut dyn PostgresLink),
}

/// What a transaction needs of PostgreSQL: statements prepared once per connection.
pub trait PostgresLink {
    /// Rows of a query.
    fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<postgres::Row>>;
    /// Rows changed by a statement.
    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64>;
    /// Prepares a statement without running it.
    fn prepare(&mut self, sql: &str) -> Result<()>;
    /// Several statements without values.
    fn batch(&mut self, sql: &str) -> Result<()>;
}

/// `$1` is a position in PostgreSQL only; SQLite writes `?1`.
pub(crate) fn for_sqlite(sql: &str) -> Cow<'_, str> {
    if sql.contains('$') { Cow::Owned(sql.replace('$', "?")) } else { Cow::Borrowed(sql) }
}

impl Tx<'_> {
    /// All rows, each read by `read`.
    pub fn query<T>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&for_sqlite(sql))?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                let mut out = Vec::new();
                while let Some(row) = rows.next()? {
                    out.push(read(&Row::Sqlite(row))?);
                }
                Ok(out)
            }
            Self::Postgres(link) => link.rows(sql, values)?.iter().map(|row| read(&Row::Postgres(row))).collect(),
        }
    }

    /// The first row, if there is one.
    pub fn one<T>(
        &mut self,
        sql: &str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, values, read)?.into_iter().next())
    }

    /// Rows changed.
    pub fn exec(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&for_sqlite(sql))?;
                let changed = statement.execute(rusqlite::params_from_iter(values))?;
                Ok(u64::try_from(changed).unwrap_or(0))
            }
            Self::Postgres(link) => link.run(sql, values),
        }
    }

    /// Prepares a statement without running it: does everything it names exist?
    pub fn prepare(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.prepare(&for_sqlite(sql)).map(|_| ())?),
            Self::Postgres(link) => link.prepare(sql),
        }
    }

    /// Runs statements of the program itself, without values.
    pub fn batch(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(link) => link.batch(sql),
        }
    }
}
