package okhttp3

class MultipartBody {
    class Part
}

class RequestBody {
    companion object {
        fun String.toRequestBody() = RequestBody()
    }
}

class ResponseBody
