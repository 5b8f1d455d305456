/* cmocka wants it included; there is none. */
