package org.kehou.check

import java.util.UUID
import org.kehou.client.apis.EnrollmentsApi
import org.kehou.client.ifMatch
import org.kehou.client.models.EnrollmentOut
import org.kehou.client.models.ProjectOut
import org.kehou.client.models.SignatureIn
import org.kehou.client.models.StudentOut

// What an app writes. It compiles when one quantity has one type, and a filter takes what an answer gave.

fun forChild(child: StudentOut, projects: List<ProjectOut>) = projects.filter { child.grade in it.offer.grades }

suspend fun inSameState(api: EnrollmentsApi, enrollment: EnrollmentOut) =
    api.listEnrollments(state = listOf(enrollment.state), season = enrollment.season)

suspend fun sign(api: EnrollmentsApi, enrollment: EnrollmentOut, read: SignatureIn, attempt: UUID) =
    api.signAgreement(enrollment.id, ifMatch(enrollment.version), read, idempotencyKey = attempt.toString())
