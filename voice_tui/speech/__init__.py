"""The local models: a recogniser and a synthesiser whose weights lie inside their packages."""
