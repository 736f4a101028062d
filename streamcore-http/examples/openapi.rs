//! Prints the API's description: `cargo run -p streamcore-http --example openapi > openapi.json`.

fn main() {
    println!("{}", streamcore_http::openapi());
}
