//! streamcore-sqlite
