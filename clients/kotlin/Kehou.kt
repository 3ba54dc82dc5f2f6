package org.kehou.client

import com.google.gson.Gson
import com.google.gson.TypeAdapter
import com.google.gson.TypeAdapterFactory
import com.google.gson.reflect.TypeToken
import com.google.gson.stream.JsonReader
import com.google.gson.stream.JsonToken
import com.google.gson.stream.JsonWriter
import java.lang.reflect.Type
import java.time.OffsetDateTime
import java.util.UUID
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import retrofit2.Converter
import retrofit2.Retrofit
import retrofit2.http.Part

/** `If-Match` of a change: the version as it was read, in quotes. */
fun ifMatch(version: Long): String = "\"$version\""

/** Reads a word that this app does not know yet as UNKNOWN_DEFAULT_OPEN_API; gson alone reads it as null. */
object UnknownWords : TypeAdapterFactory {
    override fun <T> create(gson: Gson, type: TypeToken<T>): TypeAdapter<T>? {
        val constants = type.rawType.enumConstants ?: return null
        @Suppress("UNCHECKED_CAST")
        val unknown = constants.firstOrNull { "$it" == "unknown_default_open_api" } as T? ?: return null
        val known = gson.getDelegateAdapter(this, type)
        return object : TypeAdapter<T>() {
            override fun write(out: JsonWriter, value: T?) = known.write(out, value)

            override fun read(reader: JsonReader): T? =
                if (reader.peek() == JsonToken.NULL) known.read(reader) else known.read(reader) ?: unknown
        }
    }
}

/**
 * Writes parameters and parts of uploads as the contract has them. Retrofit alone writes the names of constants, an
 * instant without seconds that are 0, and parts in quotes. It stands before gson's own converter.
 */
class Parameters(private val gson: Gson) : Converter.Factory() {
    override fun stringConverter(
        type: Type,
        annotations: Array<out Annotation>,
        retrofit: Retrofit,
    ): Converter<*, String>? = if (isWord(type)) Converter<Any, String>(::word) else null

    override fun requestBodyConverter(
        type: Type,
        parameterAnnotations: Array<out Annotation>,
        methodAnnotations: Array<out Annotation>,
        retrofit: Retrofit,
    ): Converter<*, RequestBody>? =
        if (isWord(type) && parameterAnnotations.any { it is Part }) {
            Converter<Any, RequestBody> { word(it).toRequestBody() }
        } else {
            null
        }

    private fun isWord(type: Type) =
        type is Class<*> && (type.isEnum || type == OffsetDateTime::class.java || type == UUID::class.java)

    private fun word(value: Any): String = gson.toJsonTree(value).asString
}
