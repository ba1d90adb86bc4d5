"""The member's own steps by theme; the page `lifecycles.membership` gathers them."""
