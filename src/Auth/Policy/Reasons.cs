namespace Pomerium.Fast.Auth.Policy;

/// <summary>
/// Why a criterion came out as it did (policy 3), as bits, so that a set of reasons is one word. In ordinal order of
/// their names, so that walking the bits upward yields the order in which they are shown.
/// </summary>
[Flags]
public enum Reasons : ulong
{
    None = 0,
    Accept = 1UL << 0,
    ClaimOk = 1UL << 1,
    ClaimUnauthorized = 1UL << 2,
    ClientCertificateOk = 1UL << 3,
    ClientCertificateRequired = 1UL << 4,
    ClientCertificateUnauthorized = 1UL << 5,
    CorsRequest = 1UL << 6,
    DateOk = 1UL << 7,
    DateUnauthorized = 1UL << 8,
    DayOfWeekOk = 1UL << 9,
    DayOfWeekUnauthorized = 1UL << 10,
    DeviceOk = 1UL << 11,
    DeviceUnauthenticated = 1UL << 12,
    DeviceUnauthorized = 1UL << 13,
    DomainOk = 1UL << 14,
    DomainUnauthorized = 1UL << 15,
    EmailOk = 1UL << 16,
    EmailUnauthorized = 1UL << 17,
    HttpMethodOk = 1UL << 18,
    HttpMethodUnauthorized = 1UL << 19,
    HttpPathOk = 1UL << 20,
    HttpPathUnauthorized = 1UL << 21,
    InvalidClientCertificate = 1UL << 22,
    NonCorsRequest = 1UL << 23,
    NonPomeriumRoute = 1UL << 24,
    PomeriumRoute = 1UL << 25,
    Reject = 1UL << 26,
    RouteNotFound = 1UL << 27,
    SourceIpOk = 1UL << 28,
    SourceIpUnauthorized = 1UL << 29,
    TimeOfDayOk = 1UL << 30,
    TimeOfDayUnauthorized = 1UL << 31,
    UserOk = 1UL << 32,
    UserUnauthenticated = 1UL << 33,
    UserUnauthorized = 1UL << 34,
    ValidClientCertificate = 1UL << 35,

    /// <summary>The two that refuse a connection before anything else is asked (policy 1.2, row 1).</summary>
    CertificateRefusal = ClientCertificateRequired | InvalidClientCertificate,

    /// <summary>The reasons that an outcome depends on (policy 7.3); all others are for people to read.</summary>
    Flags = UserUnauthenticated | DeviceUnauthenticated | DeviceUnauthorized | CertificateRefusal,
}
