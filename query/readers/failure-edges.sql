-- Of a group of failed calls: the sides of edges it was seen on. As hashes: in place of two names each, of which a mesh has ten thousand pairs.
groupUniqArray(cityHash64(t.service, t.dest_service, t.detect_point)) AS edges
