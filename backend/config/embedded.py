"""PostgreSQL and Redis from wheels, for a laptop: started when no address is given. Written by the house helper."""
