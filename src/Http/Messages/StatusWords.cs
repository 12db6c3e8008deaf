namespace Pomerium.Fast.Http.Messages;

/// <summary>Words of a status for people: on pages, and in the short answers that the data path makes itself.</summary>
public static class StatusWords
{
    public static string Text(int status) =>
        status switch
        {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            413 => "Content Too Large",
            429 => "Too Many Requests",
            450 => "Device Unauthorized",
            495 => "Client Certificate Required",
            500 => "Internal Server Error",
            502 => "Bad Gateway",
            503 => "Service Unavailable",
            504 => "Gateway Timeout",
            _ => "Error",
        };

    public static string Description(int status) =>
        status switch
        {
            400 => "The request cannot be understood.",
            401 => "Sign-in is needed to see this page.",
            403 => "You do not have access to this page.",
            404 => "There is nothing at this address.",
            408 => "The request did not arrive in time.",
            450 =>
                "your device fails to meet the requirements necessary to access this page, please contact your administrator for assistance",
            495 => "a valid client certificate is required to access this page",
            502 => "The application behind this address answered in a way that cannot be passed on.",
            503 => "The application behind this address cannot be reached right now.",
            504 => "The application behind this address did not answer in time.",
            _ => "Something went wrong.",
        };

    /// <summary>What the reader can do about it; empty when nothing helps but the description.</summary>
    public static string NextStep(int status) =>
        status switch
        {
            404 => "Check the address for typing errors, or ask whoever gave it to you.",
            408 => "Try again.",
            502 or 503 or 504 =>
                "Try again in a moment. If it goes on, tell your administrator the request id and the time.",
            _ => "",
        };
}
