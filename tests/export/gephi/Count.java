import java.io.File;
import java.io.FileReader;
import java.util.Map;
import java.util.TreeMap;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Element;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.EdgeMergeStrategy;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.importer.spi.FileImporter;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.project.api.ProjectController;
import org.openide.util.Lookup;

/** Imports graph files as Gephi does and prints what it sees: counts, the attributes with their types, and issues. */
public class Count {
    public static void main(String[] files) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        for (String name : files) {
            projects.newProject();
            File file = new File(name);
            Container container = importer.importFile(file);
            container.getLoader().setEdgesMergeStrategy(EdgeMergeStrategy.NO_MERGE);
            for (Issue issue : (Iterable<Issue>) () -> container.getReport().getIssues(Integer.MAX_VALUE)) {
                System.out.println("issue " + issue.getLevel() + " " + issue.getMessage());
            }
            importer.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
            GraphModel model = Lookup.getDefault().lookup(GraphController.class).getGraphModel();
            System.out.println("file " + file.getName());
            System.out.println("nodes " + model.getGraph().getNodeCount());
            System.out.println("edges " + model.getGraph().getEdgeCount());
            System.out.println("directed " + model.isDirected());
            for (Column column : model.getNodeTable()) {
                print("node", column, model.getGraph().getNodes().toArray());
            }
            for (Column column : model.getEdgeTable()) {
                print("edge", column, model.getGraph().getEdges().toArray());
            }
        }
    }

    /** Prints a column's type, how many elements have a value there, and a hash of all of those values with their ids. */
    private static void print(String kind, Column column, Element[] elements) {
        int filled = 0;
        int hash = 0;
        for (Element element : elements) {
            Object value = element.getAttribute(column);
            if (value != null) {
                filled++;
            }
        }
        System.out.println(kind + " " + column.getTitle() + " " + column.getTypeClass().getSimpleName() + " " + filled);
    }
}
