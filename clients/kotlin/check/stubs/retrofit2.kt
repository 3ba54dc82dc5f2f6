package retrofit2

import java.lang.reflect.Type
import okhttp3.RequestBody

class Response<T>

class Retrofit

fun interface Converter<F, T> {
    fun convert(value: F): T?

    abstract class Factory {
        open fun stringConverter(
            type: Type,
            annotations: Array<out Annotation>,
            retrofit: Retrofit,
        ): Converter<*, String>? = null

        open fun requestBodyConverter(
            type: Type,
            parameterAnnotations: Array<out Annotation>,
            methodAnnotations: Array<out Annotation>,
            retrofit: Retrofit,
        ): Converter<*, RequestBody>? = null
    }
}
