"""OAuth 2.0 as apps of Mastodon use it (RFC 6749, 7009, 7636, 8414)."""
