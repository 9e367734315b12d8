namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>addOns</c>: the files of ControlNets and LoRAs.</summary>
internal static class AddOnReader
{
    private const double MostScale = 100;

    public static AddOnFiles Read(JsonSection? section, string folder)
    {
        if (section is null)
        {
            return AddOnFiles.None;
        }

        var files = new AddOnFiles(
            ReadList(section, "controlNets", "folder", folder, Directory.Exists, "the folder of a ControlNet as diffusers saves it"),
            ReadList(section, "loras", "file", folder, File.Exists, "a LoRA's safetensors file"));
        section.Close();
        return files;
    }

    private static List<AddOnFile> ReadList(JsonSection section, string name, string key, string folder, Predicate<string> exists, string allowed)
    {
        var files = new List<AddOnFile>();
        foreach (var item in section.Sections(name, required: false))
        {
            var path = item.Text(key, null);
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, folder));
            if (path.Length > 0 && !exists(full))
            {
                item.Note(item.Key(key), $"\"{path}\", which is not there", allowed, "Check the path: it starts at the scenario's folder.");
            }

            files.Add(new AddOnFile(full, item.Number("scale", -MostScale, MostScale, 1), item.Number("share", 0, 1, 1)));
            item.Close();
        }

        return files;
    }
}
