package org.kehou.check

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonNull
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import com.google.gson.JsonPrimitive
import com.google.gson.annotations.SerializedName
import java.io.File
import java.time.OffsetDateTime
import kotlin.reflect.KClass
import kotlin.reflect.KType
import kotlin.reflect.full.createType
import kotlin.reflect.full.memberProperties
import kotlin.reflect.jvm.javaField
import kotlin.system.exitProcess
import org.kehou.client.Parameters
import org.kehou.client.UnknownWords
import org.kehou.client.infrastructure.Serializer
import retrofit2.Converter
import retrofit2.Retrofit

private const val UNKNOWN = "UNKNOWN_DEFAULT_OPEN_API"
private const val INSTANT = "2024-09-10T00:00:00Z"
private const val TOMORROW = "a_word_of_tomorrow"

private val gson = Serializer.gsonBuilder.registerTypeAdapterFactory(UnknownWords).serializeNulls().create()

/** As the generator writes the words of a parameter. */
private enum class Sort { @SerializedName("-created_at") MINUS_CREATED_AT }

/** What is wrong, and the first place where it was. */
private val faults = sortedMapOf<String, String>()
private var where = ""

private fun fault(what: String) {
    faults.putIfAbsent(what, where)
}

/** A field of a model as its class says it. */
private class Field(val json: String, val type: KType, val get: (Any) -> Any?)

private val fieldsOf = mutableMapOf<KClass<*>, List<Field>>()

private fun fields(model: KClass<*>) =
    fieldsOf.getOrPut(model) {
        model.memberProperties.mapNotNull { property ->
            val field = property.javaField ?: return@mapNotNull null
            field.isAccessible = true
            Field(field.getAnnotation(SerializedName::class.java).value, property.returnType, field::get)
        }
    }

private fun isModel(value: Any) = value.javaClass.packageName == "org.kehou.client.models" && value !is Enum<*>

/** Calls `seen` with each value below one, with its type and its place in words of the contract. */
private fun walk(value: Any?, type: KType, place: String, seen: (Any?, KType, String) -> Unit) {
    seen(value, type, place)
    when {
        value is List<*> -> value.forEach { walk(it, type.arguments[0].type!!, "$place[]", seen) }
        value is Map<*, *> -> value.values.forEach { walk(it, type.arguments[1].type!!, "$place{}", seen) }
        value != null && isModel(value) ->
            fields(value::class).forEach { walk(it.get(value), it.type, "${value::class.simpleName}.${it.json}", seen) }
    }
}

/** No null where the type allows none, and no word that the type does not know. */
private fun judge(value: Any?, type: KType, place: String) {
    if (value == null && !type.isMarkedNullable) fault("$place: null, and the type is $type")
    if (value is Enum<*> && value.name == UNKNOWN) fault("$place: a word that the contract has not")
}

/** What is written again is what was read: no field is lost, invented or changed. */
private fun compare(read: JsonElement, written: JsonElement?, place: String) {
    when {
        written == null -> fault("$place: lost")
        read is JsonObject && written is JsonObject -> {
            read.entrySet().forEach { (name, value) -> compare(value, written[name], "$place.$name") }
            written.entrySet().filter { (name, value) -> !read.has(name) && value !is JsonNull }
                .forEach { (name, _) -> fault("$place.$name: invented") }
        }
        read is JsonArray && written is JsonArray && read.size() == written.size() ->
            read.zip(written).forEach { (one, other) -> compare(one, other, "$place[]") }
        read is JsonPrimitive && written is JsonPrimitive && sameInstantOrText(read, written) -> Unit
        read == written -> Unit
        else -> fault("$place: $read became $written")
    }
}

private fun sameInstantOrText(one: JsonPrimitive, other: JsonPrimitive): Boolean {
    if (one.isString != other.isString || one.isBoolean != other.isBoolean) return false
    if (one.asString == other.asString) return true
    val instants = listOf(one, other).map { runCatching { OffsetDateTime.parse(it.asString).toInstant() }.getOrNull() }
    return instants[0] != null && instants[0] == instants[1]
}

/** Puts a word of tomorrow wherever a model has an enum; says where. */
private fun putTomorrow(value: Any?, json: JsonElement?, places: MutableSet<String>) {
    when {
        value is List<*> && json is JsonArray ->
            value.forEachIndexed { at, one ->
                if (one is Enum<*>) json[at] = JsonPrimitive(TOMORROW) else putTomorrow(one, json[at], places)
            }
        value != null && json is JsonObject && isModel(value) ->
            fields(value::class).forEach {
                val one = it.get(value)
                if (one is Enum<*>) json.addProperty(it.json, TOMORROW) else putTomorrow(one, json[it.json], places)
                if (one is Enum<*> || (one is List<*> && one.any { of -> of is Enum<*> })) {
                    places.add("${value::class.simpleName}.${it.json}")
                }
            }
    }
}

@Suppress("UNCHECKED_CAST")
private fun parameter(value: Any): String? {
    val converter = Parameters(gson).stringConverter(value.javaClass, arrayOf(), Retrofit())
    return (converter as Converter<Any, String>).convert(value)
}

fun main(arguments: Array<String>) {
    val counts = sortedMapOf<String, Int>()
    val models = mutableSetOf<String>()
    val places = mutableSetOf<String>()
    File(arguments[0]).forEachLine { line ->
        val item = JsonParser.parseString(line).asJsonObject
        where = item["where"].asString
        val model = Class.forName("org.kehou.client.models.${item["model"].asString}")
        val value =
            runCatching { gson.fromJson<Any>(item["body"], model) }
                .getOrElse { return@forEachLine fault("${model.simpleName}: $it") }
        val type = model.kotlin.createType()
        walk(value, type, model.simpleName, ::judge)
        compare(item["body"], gson.toJsonTree(value), model.simpleName)
        counts.merge(item["kind"].asString, 1, Int::plus)
        models.add(model.simpleName)

        val changed = item["body"].deepCopy()
        val before = places.size
        putTomorrow(value, changed, places)
        if (places.size > before) {
            walk(gson.fromJson<Any>(changed, model), type, model.simpleName) { one, of, place ->
                if (one is Enum<*> && one.name != UNKNOWN) fault("$place: a new word became ${one.name}")
                if (one == null && !of.isMarkedNullable) fault("$place: a new word became null")
            }
        }
    }
    where = "the program"
    listOf(Sort.MINUS_CREATED_AT to "-created_at", OffsetDateTime.parse(INSTANT) to INSTANT)
        .filter { (value, word) -> parameter(value) != word }
        .forEach { (value, word) -> fault("as a parameter $word is ${parameter(value)}") }

    println("decoded: $counts, of ${models.size} models; a new word is unknown in ${places.size} fields")
    faults.entries.take(40).forEach { (what, where) -> println("$what (first in $where)") }
    if (faults.isNotEmpty() || places.isEmpty()) exitProcess(1)
}
