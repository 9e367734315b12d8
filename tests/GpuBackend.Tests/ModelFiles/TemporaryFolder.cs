using System.Buffers.Binary;
using System.Text;

namespace SimServe.GpuBackend.Tests.ModelFiles;

/// <summary>A folder for one test's files.</summary>
internal sealed class TemporaryFolder
{
    public string Location { get; } = Directory.CreateTempSubdirectory("simserve-files-").FullName;

    public string At(string name) => Path.Combine(Location, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    /// <summary>Writes a safetensors file whose header is given, right or wrong.</summary>
    public string WriteSafetensors(string name, string header, int dataBytes) => Write(name, Safetensors(Encoding.UTF8.GetBytes(header), dataBytes));

    public static byte[] Safetensors(byte[] header, int dataBytes)
    {
        var content = new byte[sizeof(ulong) + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(content, (ulong)header.Length);
        header.CopyTo(content, sizeof(ulong));
        for (var i = 0; i < dataBytes; i++)
        {
            content[^(i + 1)] = (byte)i;
        }

        return content;
    }

    public void Remove() => Directory.Delete(Location, recursive: true);
}
