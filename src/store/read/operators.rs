//! Operators, who they are on a platform, and their pictures.
//!
//! What lives here: finding them. What must not: who may speak for the team.

use bridge_core::{ConnectionId, RemoteUser};

use crate::model::{Operator, OperatorId, PictureId};
use crate::store::sql::{id_list, on_db, sql};
use crate::store::writer::without_nul;
use crate::store::{Identity, Store, StoreError, StoredPicture};

sql! {
    /// An operator.
    OPERATOR = ["SELECT * FROM operator WHERE id = $1"];
    /// Operators by their ids.
    OPERATORS = {
        sqlite: "SELECT * FROM operator WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
        postgres: "SELECT * FROM operator WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id"
    };
    /// The operator behind a platform's user.
    OPERATOR_BY_IDENTITY = [r#"SELECT o.* FROM operator_identity i JOIN operator o ON o.id = i.operator
        WHERE i.connection = $1 AND i."user" = $2"#];
    /// An operator's user on a connection; the first, where there are several.
    IDENTITY_OF = [r#"SELECT "user" FROM operator_identity WHERE operator = $1 AND connection = $2
        ORDER BY created_at, "user" LIMIT 1"#];
    /// All selves of an operator, the first one first.
    IDENTITIES = [r#"SELECT * FROM operator_identity WHERE operator = $1 ORDER BY created_at, connection, "user""#];
    /// The operator of an e-mail address; the oldest, where there are several. Not one who became another.
    OPERATOR_BY_EMAIL = ["SELECT * FROM operator o WHERE LOWER(email) = $1 AND email IS NOT NULL
        AND EXISTS (SELECT 1 FROM operator_identity i WHERE i.operator = o.id) ORDER BY created_at, id LIMIT 1"];
    /// A picture.
    PICTURE = ["SELECT * FROM picture WHERE id = $1"];
}

impl Store {
    /// An operator.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        on_db!(self.0.readers, OPERATOR, [id.0], fetch_optional)
    }

    /// Those of these operators that there are, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operators(&self, ids: &[OperatorId]) -> Result<Vec<Operator>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, OPERATORS, [id_list(ids.iter().copied())], fetch_all)
    }

    /// The operator who is that user on that connection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator_by_identity(
        &self,
        connection: &ConnectionId,
        user: &RemoteUser,
    ) -> Result<Option<Operator>, StoreError> {
        let connection = connection.to_string();
        on_db!(self.0.readers, OPERATOR_BY_IDENTITY, [&connection, without_nul(&user.0).as_ref()], fetch_optional)
    }

    /// Who an operator is on a connection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_of(
        &self,
        operator: OperatorId,
        connection: &ConnectionId,
    ) -> Result<Option<RemoteUser>, StoreError> {
        let connection = connection.to_string();
        let user: Option<(String,)> = on_db!(self.0.readers, IDENTITY_OF, [operator.0, &connection], fetch_optional)?;
        Ok(user.map(|(user,)| RemoteUser(user)))
    }

    /// All selves of an operator; the one by which we know them first comes first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities(&self, operator: OperatorId) -> Result<Vec<Identity>, StoreError> {
        on_db!(self.0.readers, IDENTITIES, [operator.0], fetch_all)
    }

    /// The operator for whom a platform vouches with that e-mail address, in whatever case it is written; the oldest where
    /// there are several. An operator without any self, who turned out to be another one, is not found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator_by_email(&self, email: &str) -> Result<Option<Operator>, StoreError> {
        let email = email.to_lowercase();
        on_db!(self.0.readers, OPERATOR_BY_EMAIL, [without_nul(&email).as_ref()], fetch_optional)
    }

    /// A picture that we serve.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn picture(&self, id: PictureId) -> Result<Option<StoredPicture>, StoreError> {
        on_db!(self.0.readers, PICTURE, [id.0], fetch_optional)
    }
}
