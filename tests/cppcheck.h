/* What cppcheck must know of libraries whose headers it does not read. */
#define json_array_foreach(list, i, value)                                                                   \
    for (i = 0; i < json_array_size(list) && (value = json_array_get(list, i)); i++)
#define json_object_foreach(object, key, value)                                                              \
    for (key = json_object_iter_key(json_object_iter(object));                                               \
         key && (value = json_object_iter_value(json_object_key_to_iter(key)));                              \
         key = json_object_iter_key(key))
#define JSON_INTEGER_FORMAT "lld"
