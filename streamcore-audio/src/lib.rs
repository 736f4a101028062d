//! streamcore-audio
