// What generated interfaces name of Retrofit, so that they compile without it. Not for apps.
package retrofit2.http

annotation class DELETE(val value: String)
annotation class GET(val value: String)
annotation class POST(val value: String)
annotation class PUT(val value: String)
annotation class FormUrlEncoded
annotation class Multipart
annotation class Streaming
annotation class Headers(vararg val value: String)
annotation class Body
annotation class Field(val value: String)
annotation class Header(val value: String)
annotation class Part(val value: String = "")
annotation class Path(val value: String)
annotation class Query(val value: String)
