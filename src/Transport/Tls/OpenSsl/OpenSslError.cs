using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>What the error queue said; taking it leaves the queue empty.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OpenSslError(int Reason, string Text)
{
    public const int CertificateVerifyFailed = 134;
    public const int UnexpectedEnd = 294;

    public static unsafe OpenSslError Take()
    {
        nuint code = Libssl.NextError();
        Libssl.ClearErrors();
        if (code == 0)
        {
            return new OpenSslError(0, "the connection ended");
        }
        string text = Marshal.PtrToStringUTF8((nint)Libssl.ReasonText(code)) ?? "unknown error";
        return new OpenSslError((int)(code & 0x7FFFFF), text);
    }
}
