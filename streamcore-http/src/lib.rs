//! streamcore-http
